"""What a row of a file says about a question. Whether it may be said is asked elsewhere, where every answer is."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.checklist.rules.answer_files.columns import FILLED
from apps.checklist.rules.frameworks import NUMBER, YES_NO, Level, Question
from apps.checklist.rules.saying import Said
from apps.checklist.rules.status import DECLARED, NOT_APPLICABLE
from apps.checklist.rules.values import IN_WORDS, options_of, value_of_option
from apps.checklist.rules.views import AnswerView

_REVISION_DIGITS = 9
# What people write for the ways of saying something, beside the words that programs use.
_SAYINGS = {"answer": DECLARED, "does_not_apply": NOT_APPLICABLE, "n/a": NOT_APPLICABLE, "not_known": "unknown"}
_YES_NO = {"true": "yes", "false": "no", "1": "yes", "0": "no", "y": "yes", "n": "no"}


class RowRefused(ValueError):
    """A row cannot be read; the message is a sentence for the person who wrote it."""


def said_in(cells: Mapping[str, str], question: Question, levels: Sequence[Level], *, is_own: bool) -> Said | None:
    """What a row says; None where it says nothing. Raises RowRefused.

    Without a status, words or a value are an answer, and a reason alone says that the question does not apply.
    `is_own`: the row comes from this very assessment, so that its revision and basis mean something here.
    """
    given = {name: plain(cells.get(name, "")) for name in FILLED}
    if not any(given.values()):
        return None
    word = given["status"].casefold().replace(" ", "_")
    status = _SAYINGS.get(word, word) or (DECLARED if given["answer"] or given["value"] else NOT_APPLICABLE)
    return Said(
        question=question.id,
        status=status,
        text=given["answer"],
        reason=given["reason"],
        value=_value(question, levels, given["value"]),
        expect_revision=_revision(cells.get("revision", "")) if is_own else None,
        expect_basis=cells.get("basis", "").strip() if is_own else "",
    )


def plain(text: str) -> str:
    """A text as answers are compared: spreadsheet programs write line ends in ways of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _value(question: Question, levels: Sequence[Level], cell: str) -> dict[str, Any]:
    if not cell:
        return {}
    if question.answer in IN_WORDS:
        return {"words": cell}  # no such value exists: it is refused like any other that does not answer the question
    if question.answer == YES_NO:
        cell = _YES_NO.get(cell.casefold(), cell.casefold())
    options = options_of(question, levels)
    told = {label.casefold(): value for value, label in options} | {value.casefold(): value for value, _ in options}
    return value_of_option(question, told.get(cell.casefold(), cell))


def _revision(cell: str) -> int | None:
    text = cell.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > _REVISION_DIGITS:
        raise RowRefused("Its revision is no whole number. Leave the cell as it was exported.")
    return int(text)


def is_same(said: Said, answer: AnswerView | None, question: Question) -> bool:
    """Whether a row says what is on record already."""
    if answer is None or answer.stated != said.status:
        return False
    words = (plain(answer.text), plain(answer.reason)) == (said.text, said.reason)
    return words and _is_same_value(answer.value, said.value, question)


def _is_same_value(one: Mapping[str, Any], other: Mapping[str, Any], question: Question) -> bool:
    if question.answer == NUMBER and "number" in one and "number" in other:
        try:
            return Decimal(one["number"]) == Decimal(other["number"])
        except ArithmeticError:
            return False
    return dict(one) == dict(other)
