"""Where the record of a version and its checklist speak of the same and do not say the same.

What is said of the version is the record; the checklist's collectors read it. A person may still answer a question in
words of their own, so both are laid side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from apps.catalog.rules.datasheets import in_words
from apps.checklist.rules.views import AssessmentView, QuestionView
from apps.registry.models import ModelVersion
from apps.registry.rules import cards
from apps.registry.rules.wording import same_words

FIELDS = {"modeling-1": "limitations", "modeling-2": "risks"}  # question → the field of the record that answers it


@dataclass(frozen=True)
class SaidTwice:
    """One thing on which checklist and record differ; `record` is empty where only the checklist says it."""

    label: str
    answer: str
    answered_by: str
    record: str
    question_url: str
    statement_url: str


def said_twice(version: ModelVersion, checklist: AssessmentView | None, assessment_pk: int | None) -> list[SaidTwice]:
    """Every difference, in the order of the questions; one query where a person has answered such a question."""
    if checklist is None or assessment_pk is None:
        return []
    answered = [one for one in checklist.questions if one.id in FIELDS and one.answer and one.answer.text.strip()]
    if not answered:
        return []
    rows = version.statements.filter(field__in=FIELDS.values())
    said = {row.field: "\n".join(in_words(row.value)).strip() for row in rows}
    page = reverse("checklist:assessment-detail", args=[assessment_pk])
    return [
        _told(version, one, said, page)
        for one in answered
        if one.answer is not None and not _agrees(one.answer.text, said.get(FIELDS[one.id], ""))
    ]


def _agrees(answer: str, record: str) -> bool:
    return bool(record) and same_words(answer, record)


def _told(version: ModelVersion, question: QuestionView, said: Mapping[str, str], page: str) -> SaidTwice:
    field = FIELDS[question.id]
    assert question.answer is not None
    return SaidTwice(
        label=cards.label_of(field),
        answer=question.answer.text.strip(),
        answered_by=question.answer.answered_by,
        record=said.get(field, ""),
        question_url=f"{page}#{question.id}",
        statement_url=f"{reverse('registry:statement', args=[version.pk])}?field={field}",
    )
