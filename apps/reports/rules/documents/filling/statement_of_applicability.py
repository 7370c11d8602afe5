"""ISO/IEC 42001 Annex A, control by control: does it apply, is it in place, why, and what shows it.

Numbers and titles of the controls alone are named; the standard's text is not reproduced.
"""

from collections import Counter

from apps.checklist.rules.frameworks import Question
from apps.reports.rules.documents.content import FactList, Filled, Paragraph, Table
from apps.reports.rules.documents.filling.catalogue import Given, catalogue, evidence_table, given
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import Condition, Filler, condition, filler

URN = "urn:genaiops:framework:iso-42001-annex-a"
FILE = "iso-42001-annex-a"
# The controls of Annex A by clause: the last numbers in each.
_CLAUSES = {
    "a.2": range(2, 5),
    "a.3": range(2, 4),
    "a.4": range(2, 7),
    "a.5": range(2, 6),
    "a.6.1": range(2, 4),
    "a.6.2": range(2, 9),
    "a.7": range(2, 7),
    "a.8": range(2, 6),
    "a.9": range(2, 5),
    "a.10": range(2, 5),
}
CONTROLS = tuple(f"{clause}.{number}" for clause, numbers in _CLAUSES.items() for number in numbers)

IN_PLACE, PARTLY, PLANNED, EXCLUDED = "in-place", "partly", "planned", "excluded"
_IN_PLACE = {IN_PLACE: "Yes", PARTLY: "In part", PLANNED: "Planned"}
NO_ANSWER = "Not answered"
NO_REASON = "It is left out without a justification."


def _is_excluded(found: Given) -> bool:
    return found.is_declined or found.choice == EXCLUDED


def _control_filler(control: str) -> Filler:
    def fill(facts: Facts) -> Filled:
        found = given(facts, URN, control)
        return Filled() if found is None else _told(facts, found)

    fill.__doc__ = f"Whether control {control.upper()} applies and is in place."
    return fill


def _told(facts: Facts, found: Given) -> Filled:
    rows = [("Applies", _applies(found)), ("In place", _in_place(found))]
    rows += [("Said by", f"{found.by}, {found.day}")] if found.by else []
    subject = found.asked.subject["label"]
    rows += [("Said about", subject)] if subject != facts.label else []
    words = [Paragraph(found.words, is_quoted=True)] if found.words else []
    evidence = [evidence_table("Evidence", found.evidence)] if found.evidence else []
    return Filled((FactList(tuple(rows)), *words, *evidence), tuple(found.known()), tuple(_missing(found)))


def _missing(found: Given) -> list[str]:
    if _is_excluded(found):
        return [] if found.words else [NO_REASON]
    missing = [] if found.words else ["The justification is not written down."]
    if not found.choice:
        missing.append("It is not said whether the control is in place.")
    if found.choice == IN_PLACE and not found.evidence:
        missing.append("It is said to be in place, and no evidence shows it.")
    if found.choice in (PARTLY, PLANNED):
        missing.append("The control applies and is not fully in place yet.")
    return missing


def _applies(found: Given) -> str:
    return "No" if _is_excluded(found) else "Yes"


def _in_place(found: Given) -> str:
    return "—" if _is_excluded(found) else _IN_PLACE.get(found.choice, "Not said")


def _control_condition(control: str) -> Condition:
    def applies(facts: Facts) -> tuple[bool, str]:
        found = given(facts, URN, control)
        if found is None or not _is_excluded(found) or not found.words:
            return True, ""
        return False, found.words

    applies.__doc__ = f"Whether control {control.upper()} was not excluded with a reason."
    return applies


for _control in CONTROLS:
    filler(f"soa.{_control}")(_control_filler(_control))
    condition(f"soa.{_control}")(_control_condition(_control))


@filler("soa.table")
def table(facts: Facts) -> Filled:
    """The 38 controls in one table."""
    rows = tuple(_row(facts, question.id, question.ref) for question in _questions())
    unanswered = sum(row[2] == NO_ANSWER for row in rows)
    columns = ("Control", "Title", "Applies", "In place", "Justification", "Evidence")
    missing = (f"{unanswered} of {len(rows)} controls have no answer.",) if unanswered else ()
    return Filled((Table("Statement of applicability", columns, rows),), missing=missing)


def _row(facts: Facts, control: str, ref: str) -> tuple[str, ...]:
    number, _, title = ref.partition(" ")
    found = given(facts, URN, control)
    if found is None:
        return (number, title, NO_ANSWER, "—", "—", "—")
    evidence = "; ".join(dict.fromkeys(item["title"] for item in found.evidence)) or "None"
    return (number, title, _applies(found), _in_place(found), found.words or "Not written down", evidence)


@filler("soa.summary")
def summary(facts: Facts) -> Filled:
    """How many controls apply, are in place, or are left out."""
    found = [given(facts, URN, question.id) for question in _questions()]
    answers = [one for one in found if one is not None]
    counts = Counter(EXCLUDED if _is_excluded(one) else one.choice for one in answers)
    rows = (
        ("Controls of Annex A", str(len(found))),
        ("Apply and are in place", str(counts[IN_PLACE])),
        ("Apply and are in place in part", str(counts[PARTLY])),
        ("Apply and are planned", str(counts[PLANNED])),
        ("Left out", str(counts[EXCLUDED])),
        ("Answered without saying so", str(counts[""])),
        ("Not answered", str(len(found) - len(answers))),
    )
    newest = max((one.at for one in answers), default="")
    last = (("Last answer given on", newest[:10]),) if newest else ()
    framework = catalogue(FILE)
    basis = (("Answered on", f"{framework.title}, version {framework.version} of the portal's file"),)
    return Filled((FactList((*rows, *last, *basis)),))


def _questions() -> list[Question]:
    return [question for group in catalogue(FILE).groups for question in group.all_questions]
