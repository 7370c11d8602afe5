"""How a document stands: its points counted, its gaps, and where its kind is graded, the grades; as plain JSON."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from apps.reports.rules.documents import grading
from apps.reports.rules.documents.assembling import readiness
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Grading
from apps.reports.rules.documents.spec import DocumentSpec

Grader = Callable[[Document, Facts], Grading]
# By the name that a document's file gives as `lint`; each module of `grading` is one.
GRADERS: dict[str, Grader] = {
    module.name.replace("_", "-"): import_module(f"{grading.__name__}.{module.name}").grade
    for module in iter_modules(grading.__path__)
}


def standing(spec: DocumentSpec, document: Document, facts: Facts) -> dict[str, Any]:
    """`total`, `filled`, `partly`, `not_applicable`, `missing`, `share` (0 to 1), `gaps`, and `grading` or None."""
    found = readiness(document)
    names = ("total", "filled", "partly", "not_applicable", "missing", "share")
    gaps = [
        {"id": gap.id, "ref": gap.ref, "title": gap.title, "state": gap.state, "problem": gap.problem}
        | {"remedy": gap.remedy}
        for gap in found.gaps
    ]
    grades = GRADERS[spec.lint](document, facts) if spec.lint else None
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
