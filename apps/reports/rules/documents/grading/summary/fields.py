"""Fields that are empty, filled in part, or answered with “not applicable” and no reason."""

import re
from collections.abc import Iterator

from apps.reports.rules.documents.content import MISSING, NOT_APPLICABLE, PARTLY
from apps.reports.rules.documents.grading import FULL, Deduction, Finding
from apps.reports.rules.documents.grading.summary.record import (
    ACCESSIBILITY,
    CLARITY,
    COMPLETENESS,
    COMPREHENSION,
    CONSISTENCY,
    CORRECTNESS,
    GRID,
    Summary,
    words_of,
)

OPTIONAL = frozenset({"further"})
_OTHERS = (CLARITY, CONSISTENCY, CORRECTNESS, ACCESSIBILITY, COMPREHENSION)
_SAYS_NOTHING = re.compile(
    r"\W*(?:n\W?a|none|nil|no|unknown|not applicable|no reason was given|does not apply|tbd|todo)?\W*", re.IGNORECASE
)
_LEAST_REASON = 3  # words that a reason needs


def empty(summary: Summary) -> Iterator[Finding]:
    """Each empty field takes its share of the section: what is not there can be judged by no metric."""
    for cell in GRID:
        points = [point for point in summary.in_cell(cell) if point.id not in OPTIONAL]
        missing = [point for point in points if point.state == MISSING]
        for point in missing:
            problem = " ".join(gap.problem for gap in point.gaps)
            sentence = f"{point.ref} “{point.title}” is empty. {problem}".strip()
            remedy = point.gaps[0].remedy if point.gaps else "Fill it in."
            yield summary.finding(point.id, COMPLETENESS, FULL / len(points), sentence, remedy)
        if missing:
            sentence = f"{len(missing)} of {len(points)} fields are empty, so that nothing there can be judged."
            for metric in _OTHERS:
                lost = FULL * len(missing) / len(points)
                yield Finding(cell, metric, Deduction(lost, sentence, "Fill in the empty fields first."))


def in_part(summary: Summary) -> Iterator[Finding]:
    """A field with gaps loses half its share, spread over the gaps."""
    for cell in GRID:
        points = [point for point in summary.in_cell(cell) if point.id not in OPTIONAL]
        for point in points:
            for gap in point.gaps if point.state == PARTLY else ():
                lost = FULL / len(points) / 2 / len(point.gaps)
                sentence = f"{point.ref} “{point.title}”: {gap.problem}"
                yield summary.finding(point.id, COMPLETENESS, lost, sentence, gap.remedy)


def unexplained(summary: Summary) -> Iterator[Finding]:
    """“Not applicable” without a reason, whether as an answer's kind or as its words."""
    for point in summary.points:
        if point.state == NOT_APPLICABLE and point.id not in OPTIONAL and not _explains(point.reason):
            yield _unexplained(summary, point.id, point.reason)
        for words in words_of(point):
            if words.lower() not in ("yes", "no") and _SAYS_NOTHING.fullmatch(words):
                yield _unexplained(summary, point.id, words)


def _unexplained(summary: Summary, name: str, words: str) -> Finding:
    point = summary.places[name][1]
    return summary.finding(
        name,
        CLARITY,
        40,
        f"{point.ref} “{point.title}” is answered with “{words.strip() or 'not applicable'}”, and no reason is given.",
        "Say in a sentence why it does not apply, such as “The provider is established in the Union.”",
    )


def _explains(reason: str) -> bool:
    return not _SAYS_NOTHING.fullmatch(reason) and len(reason.split()) >= _LEAST_REASON
