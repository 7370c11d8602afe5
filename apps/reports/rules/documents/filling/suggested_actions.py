"""The 212 suggested actions of NIST AI 600-1 by number, with the risks that each serves and how it stands here."""

from collections import Counter

from apps.checklist.rules.frameworks import Question
from apps.reports.rules.documents.content import Filled, Table
from apps.reports.rules.documents.filling.catalogue import Given, catalogue, given, groups_of, questions_of
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.generative_risks import FILE, URN, risk_questions
from apps.reports.rules.documents.filling.registry import Filler, filler

FUNCTIONS = ("govern", "map", "measure", "manage")
NO_ANSWER, NOT_RELEVANT = "Not answered", "not-relevant"


def status_of(question: Question, found: Given | None) -> str:
    """How an action stands, in the words of the framework's choices."""
    if found is None:
        return NO_ANSWER
    if not found.is_declined and not found.is_stated:
        return NO_ANSWER
    if found.is_declined or found.choice == NOT_RELEVANT:
        return "Not relevant here"
    titles = {choice.id: choice.title for choice in question.choices}
    return titles.get(found.choice, "Answered in words")


def _filler_of(function: str) -> Filler:
    def fill(facts: Facts) -> Filled:
        numbers = {tag: str(place) for place, risk in enumerate(risk_questions(), 1) for tag in risk.tags}
        rows, known, missing = [], [], []
        for group in groups_of(catalogue(FILE), function):
            for question in group.all_questions:
                found = given(facts, URN, question.id)
                rows.append(_row(question, found, numbers))
                known += found.known() if found and found.is_stated else []
                if found and _is_unreasoned(found):
                    missing.append(f"{question.ref} is called not relevant without a reason.")
        unanswered = sum(row[3] == NO_ANSWER for row in rows)
        missing += [f"{unanswered} of {len(rows)} actions have no answer."] if unanswered else []
        columns = ("Action", "What NIST suggests", "Risks", "Status", "In our words", "Said by")
        return Filled(
            (Table(f"{function.upper()}: suggested actions", columns, tuple(rows)),), tuple(known), tuple(missing)
        )

    fill.__doc__ = f"How the suggested actions of the function {function.upper()} stand."
    return fill


def _is_unreasoned(found: Given) -> bool:
    return (found.is_declined or found.choice == NOT_RELEVANT) and not found.words


def _row(question: Question, found: Given | None, numbers: dict[str, str]) -> tuple[str, ...]:
    risks = ", ".join(sorted((numbers[tag] for tag in question.tags if tag in numbers), key=int)) or "—"
    said = f"{found.by}, {found.day}" if found and found.by else "—"
    words = _words(found)
    return (question.ref, question.requirement, risks, status_of(question, found), words, said)


def _words(found: Given | None) -> str:
    """What somebody wrote; where nobody did, which evidence the platform holds ready for an answer."""
    if found is None:
        return "—"
    titles = ", ".join(dict.fromkeys(str(item["title"]) for item in found.evidence))
    return found.words or (f"Evidence at hand: {titles}" if titles else "—")


for _function in FUNCTIONS:
    filler(f"nist.actions-{_function}")(_filler_of(_function))


@filler("nist.actions-summary")
def summary(facts: Facts) -> Filled:
    """How many suggested actions are done, planned, not relevant or open."""
    framework, rows, statuses = catalogue(FILE), [], dict[str, None]()
    counts = {}
    for function in FUNCTIONS:
        told = [status_of(one, given(facts, URN, one.id)) for one in questions_of(framework, function)]
        counts[function] = Counter(told)
        statuses |= dict.fromkeys(told)
    order = sorted(statuses, key=lambda status: (status == NO_ANSWER, status))
    for function, counted in counts.items():
        rows.append((function.upper(), str(counted.total()), *(str(counted[status]) for status in order)))
    total = sum(counts.values(), Counter[str]())
    rows.append(("Together", str(total.total()), *(str(total[status]) for status in order)))
    table = Table("Suggested actions by function", ("Function", "Actions", *order), tuple(rows), _numeric(len(order)))
    unanswered = total[NO_ANSWER]
    return Filled((table,), missing=(f"{unanswered} of {total.total()} actions have no answer.",) if unanswered else ())


def _numeric(statuses: int) -> frozenset[int]:
    return frozenset(range(1, statuses + 2))
