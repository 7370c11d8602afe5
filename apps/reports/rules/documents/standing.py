"""How a document stands: its points counted, its gaps, and where its kind is graded, the grades; as plain JSON."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from apps.reports.rules.documents import grading
from apps.reports.rules.documents.assembling import assemble, readiness
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Grading
from apps.reports.rules.documents.spec import DocumentSpec

Grader = Callable[[Document, Facts], Grading]


def grader_named(lint: str) -> Grader:
    """What grades documents whose file says `lint: <name>`: the module of `grading` of that name.

    Raises ModuleNotFoundError for a name that there is not; a test tries every document's.
    """
    found: Grader = import_module(f"{grading.__name__}.{lint.replace('-', '_')}").grade
    return found


def edition_standing(
    spec: DocumentSpec, facts: Facts, digest: str, *, audience: str = "", is_simplified: bool = False
) -> dict[str, Any]:
    """How one edition of a document would stand if it were made from these facts, whose SHA-256 is `digest`."""
    made = assemble(
        spec, facts, audience=audience, simplified=is_simplified, made_at=facts.taken_at, snapshot_digest=digest
    )
    told = {"document": spec.slug, "audience": audience, "is_simplified": is_simplified}
    return told | standing(spec, made, facts)


def standing(spec: DocumentSpec, document: Document, facts: Facts) -> dict[str, Any]:
    """`total`, `filled`, `partly`, `not_applicable`, `missing`, `share` (0 to 1), `gaps`, and `grading` or None."""
    found = readiness(document)
    names = ("total", "filled", "partly", "not_applicable", "missing", "share")
    gaps = [
        {"id": gap.id, "ref": gap.ref, "title": gap.title, "state": gap.state, "problem": gap.problem}
        | {"remedy": gap.remedy}
        for gap in found.gaps
    ]
    grades = grader_named(spec.lint)(document, facts) if spec.lint else None
    return {name: getattr(found, name) for name in names} | {"gaps": gaps, "grading": grades and _as_json(grades)}


def _as_json(grades: Grading) -> dict[str, Any]:
    return {
        "total": grades.total,
        "letter": grades.letter,
        "meaning": grades.meaning,
        "metrics": [{"name": name, "weight": weight} for name, weight in grades.weights],
        "sections": [_section(grades, section) for section in grades.sections],
        "deductions": [
            {"section": row.section, "metric": row.metric, "points": one.points}
            | {"sentence": one.sentence, "remedy": one.remedy, "point": one.point}
            for row, one in grades.deductions
        ],
    }


def _section(grades: Grading, section: str) -> dict[str, Any]:
    return {
        "title": section,
        "score": round(grades.score_of(section), 1),
        "scores": [grades.row(section, metric).score for metric in grades.metrics],
    }
