"""The columns of a file of answers, in their order; each with its width in characters and what it holds."""

from dataclasses import dataclass

PAGE = "Answers"  # the page of a workbook that holds them


@dataclass(frozen=True)
class Column:
    """One column. `is_filled`: people fill it in; the others tell, and are only looked at on the way back."""

    name: str
    width: int
    holds: str
    is_filled: bool = False


COLUMNS = (
    Column("id", 16, "the question's id; rows are matched by it"),
    Column("group", 24, "the groups that the question stands in, from the outermost"),
    Column("reference", 12, "its number in the source"),
    Column("question", 48, "the words of the question"),
    Column("asks for", 16, "how it is answered: in words, yes or no, a choice, a number, a level"),
    Column("may be", 28, "what can stand under “value”"),
    Column("status", 15, "what a person says: declared, not_applicable or unknown", is_filled=True),
    Column("value", 14, "yes or no, the id of a choice, a number, the number of a level", is_filled=True),
    Column("answer", 60, "the answer in words", is_filled=True),
    Column("reason", 36, "why the question does not apply", is_filled=True),
    Column("known", 15, "how the answer is known when evidence is taken into account"),
    Column("says", 50, "the answer as the page shows it; of evidence, where nobody has said anything"),
    Column("answered by", 18, "who said it; empty: the platform"),
    Column("answered at", 21, "when, in UTC"),
    Column("revision", 9, "the number of the answer's revision; 0: there is none yet"),
    Column("stale", 32, "why the answer no longer holds; empty: it does"),
    Column("taken over from", 30, "where the answer was given, when it was given to another framework"),
    Column("evidence", 60, "what stands behind the answer"),
    Column("has to be", 12, "how well it has to be known for approval"),
    Column("applies from", 12, "the day from which the question applies"),
    Column("framework", 28, "the URN of the framework"),
    Column("framework version", 11, "the version of the framework"),
    Column("assessment", 11, "the number of the assessment"),
    Column("basis", 18, "digest of what a statement made then would have spoken of"),
)
NAMES = tuple(column.name for column in COLUMNS)
FILLED = tuple(column.name for column in COLUMNS if column.is_filled)
