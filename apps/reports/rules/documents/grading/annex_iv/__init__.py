"""What a regulator would object to in technical documentation under Annex IV, told before one does.

The grid has the sections of the Annex and six metrics: nothing missing, words with evidence, nothing outdated,
everything traced to where it comes from, reasons given, and nothing that contradicts the rest. The rules are this
project's own; no authority grades like this.
"""

from collections.abc import Iterator
from itertools import chain

from apps.reports.rules.documents.content import MISSING, Document, Section
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Deduction, Finding, Grading, graded
from apps.reports.rules.documents.grading.annex_iv.points import objections_to_points
from apps.reports.rules.documents.grading.annex_iv.record import objections_to_record
from apps.reports.rules.documents.grading.annex_iv.shapes import CONSISTENCY, WEIGHTS, Objection

DECLARATION = "8"


def grade(document: Document, facts: Facts) -> Grading:
    """Score the sections of a finished document, with a sentence and a remedy for everything that costs points.

    `facts` are those of the snapshot that the document was made from.
    """
    names = {section.id: _name(section) for section in document.sections}
    objections = chain(objections_to_points(document), objections_to_record(facts), _declared_early(document))
    findings = [_finding(one, names) for one in objections if one.section in names]
    return graded(list(names.values()), WEIGHTS, findings)


def _name(section: Section) -> str:
    return f"{section.id}. {section.title}"


def _finding(one: Objection, names: dict[str, str]) -> Finding:
    deduction = Deduction(round(one.points, 1), one.sentence, one.remedy, one.point)
    return Finding(names[one.section], one.metric, deduction)


def _declared_early(document: Document) -> Iterator[Objection]:
    """A declaration of conformity beside points that say nothing."""
    by_section = {section.id: section for section in document.sections}
    declaration = by_section.get(DECLARATION)
    open_points = [point for point in document.points if point.state == MISSING and point.id != DECLARATION]
    if declaration is None or not open_points or any(point.state == MISSING for point in declaration.points):
        return
    yield Objection(
        DECLARATION,
        CONSISTENCY,
        60,
        f"Conformity is declared, yet of the documentation {_points(len(open_points))} missing.",
        "Fill the missing points, or say why they do not apply, before the declaration is signed.",
        DECLARATION,
    )


def _points(count: int) -> str:
    return "1 point is" if count == 1 else f"{count} points are"
