"""Assessments as files: every answer with all that is on record about it, as CSV lines and as pages of a workbook."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.checklist.models import Assessment
from apps.checklist.queries.assessments import present_view
from apps.checklist.queries.row_views import WITH_EVIDENCE, answer_view
from apps.checklist.queries.upgrades import no_longer_asked, old_questions
from apps.checklist.rules import STATUSES, AnswerView, AssessmentView, Known
from apps.checklist.rules.answer_files import (
    COLUMNS,
    FILLED,
    NAMES,
    evidence_told,
    evidence_words,
    options_told,
    row_of,
)
from apps.checklist.rules.answer_files.columns import PAGE
from apps.checklist.rules.status import STATED
from apps.checklist.rules.values import option_of_value
from apps.core.canonical import digest_of
from apps.core.downloads import written_answer
from apps.core.errors import Invalid
from apps.core.listing import csv_answer
from apps.core.spreadsheets import Page, workbook

Cells = dict[str, Any]
GONE = "no longer asked"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EVIDENCE = {
    "id": 16, "status": 12, "brought by": 24, "says": 60, "method": 36, "speaks of": 30, "effective": 12,
    "collected at": 21, "given by": 18, "stale": 32, "digest": 20, "collector": 20, "kind": 20, "number": 10,
    "details": 40,
}  # fmt: skip
_HOW = (
    "Fill in the coloured columns of the page “Answers” and bring the file back on the assessment's page: “Fill in "
    "from a file”. You see what would change before anything does. Rows are matched by “id”; one whose coloured cells "
    "are empty changes nothing. Keep “revision” and “basis” as they are: by them the portal sees whether somebody else "
    "changed an answer since."
)


def csv_lines(assessment: Assessment, view: AssessmentView) -> Iterator[tuple[Any, ...]]:
    """A line for every question and for every answer that is no longer asked for; evidence as JSON, with all of it."""
    for row in _rows(assessment, view):
        told = [evidence_told(item) for item in row["evidence"]]
        row["evidence"] = json.dumps(told, ensure_ascii=False) if told else ""
        yield tuple(row[name] for name in NAMES)


def answers_workbook(assessment: Assessment, view: AssessmentView, *, made_for: str, made_at: datetime) -> bytes:
    """The same as a workbook: a page of answers, one of the evidence behind them, and one that says what it is."""
    rows = list(_rows(assessment, view))
    evidence = [(row["id"], evidence_told(item)) for row in rows for item in row["evidence"]]
    for row in rows:
        row["evidence"] = evidence_words(row["evidence"])
    answers = Page(
        PAGE,
        NAMES,
        [tuple(row[name] for name in NAMES) for row in rows],
        [column.width for column in COLUMNS],
        frozenset(FILLED),
        dict(_choices(view)),
    )
    behind = Page("Evidence", list(_EVIDENCE), [_evidence_row(*one) for one in evidence], list(_EVIDENCE.values()))
    about = _about(assessment, view, rows, made_for=made_for, made_at=made_at)
    return workbook([answers, behind, about], title=str(assessment), made_at=made_at)


def _rows(assessment: Assessment, view: AssessmentView) -> Iterator[Cells]:
    for group in view.groups:
        yield from (row_of(view, group, question) for question in group.questions)
    yield from _gone_rows(assessment, view)


def _gone_rows(assessment: Assessment, view: AssessmentView) -> Iterator[Cells]:
    """Answers whose questions the present version of the framework has no more: they stay on record."""
    gone = no_longer_asked(assessment)
    prefetch_related_objects(gone, WITH_EVIDENCE)
    words = old_questions(assessment) if gone else {}
    for answer in gone:
        shown = answer_view(answer, answer.stated_on, Known({}, {}))
        told = {"id": answer.question, "question": words.get(answer.question, "")}
        yield dict.fromkeys(NAMES, "") | _gone_row(view, shown) | told


def _gone_row(view: AssessmentView, shown: AnswerView) -> Cells:
    return {
        "group": GONE,
        "status": shown.stated,
        "value": option_of_value(shown.value),
        "answer": shown.text,
        "reason": shown.reason,
        "known": shown.status,
        "answered by": shown.answered_by,
        "answered at": shown.answered_at.isoformat(),
        "revision": shown.revision,
        "evidence": tuple(replace(item, stale_because="") for item in shown.evidence),  # nobody looks for it any more
        "framework": view.framework.urn,
        "framework version": view.framework.version,
        "assessment": view.pk,
    }


def _choices(view: AssessmentView) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """What can be chosen in which cell of the page of answers."""
    status, value = NAMES.index("status"), NAMES.index("value")
    for number, question in enumerate(view.questions):
        yield (number, status), list(STATED)
        if offered := options_told(question.question, question.levels):
            yield (number, value), offered


def _evidence_row(question: str, told: dict[str, Any]) -> tuple[Any, ...]:
    details = json.dumps(told["details"], ensure_ascii=False) if told["details"] else ""
    return tuple((told | {"id": question, "details": details})[name] for name in _EVIDENCE)


def _about(
    assessment: Assessment, view: AssessmentView, rows: list[Cells], *, made_for: str, made_at: datetime
) -> Page:
    known = ", ".join(f"{STATUSES[name].lower()}: {view.counts[name]}" for name in STATUSES if view.counts.get(name))
    facts = [
        ("What this is", f"{assessment}: every question with its answer and what stands behind it."),
        ("Of what", f"{view.subject_kind_label} {view.subject_label}"),
        ("Framework", f"{view.framework.title}, version {view.framework.version}"),
        ("Framework's URN", view.framework.urn),
        ("Framework's digest", view.framework.digest),
        ("Assessment", view.pk),
        ("State", view.state_label),
        ("How the answers are known", known),
        ("Written at (UTC)", made_at.isoformat(timespec="seconds")),
        ("Written for", made_for),
        ("SHA-256 of the answers", digest_of([[str(row[name]) for name in NAMES] for row in rows])),
        ("How to fill it in", _HOW),
        *((f"Column “{column.name}”", column.holds) for column in COLUMNS),
    ]
    return Page("About", ("What", "It is"), facts, (30, 100))


def exported(assessment: Assessment, *, made_for: str, kind: str) -> HttpResponseBase:
    """The assessment as a file of this kind: xlsx or csv. Raises Invalid for another one."""
    view, name = present_view(assessment), f"assessment-{assessment.pk}"
    if kind == "csv":
        return csv_answer(name, NAMES, csv_lines(assessment, view), is_marked=True)
    if kind != "xlsx":
        raise Invalid(f"There is no export as “{kind[:20]}”; ask for xlsx or csv.", code="export.format")
    content = answers_workbook(assessment, view, made_for=made_for, made_at=timezone.now())
    return written_answer(content, name=f"{name}.xlsx", content_type=XLSX)
