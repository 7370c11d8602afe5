"""Assessments as they stand at this moment: rows, present findings and the framework joined into plain values."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils import timezone

from apps.checklist.models import Answer, Assessment, Evidence, SignOff, Waiver
from apps.checklist.queries.collectors import known_of
from apps.checklist.queries.frameworks import framework
from apps.checklist.rules import (
    APPROVED,
    AnswerView,
    AssessmentView,
    EvidenceView,
    Gate,
    GroupView,
    Known,
    Question,
    QuestionView,
    SignOffView,
    WaiverView,
    gate_of,
    problems_of,
    waiver_state,
)
from apps.checklist.rules.findings import PLACE
from apps.checklist.rules.statements import DEPLOYMENT, stale_because, statement_basis
from apps.registry.models import ModelVersion, RegisteredModel

Answers = dict[str, Answer]
_PLACES = {RegisteredModel._meta.label_lower: "registry:model-describe"}


def views_of(assessments: Sequence[Assessment], on: date | None = None) -> dict[int, AssessmentView]:
    """Each assessment as it stands on this day (today), by its id. The number of queries does not depend on how many
    there are.

    The assessments come with `version__model`, `created_by` and `submitted_by` read.
    """
    waivers = _waivers(assessments, on or timezone.localdate())
    known = known_of([assessment.version for assessment in assessments])
    answers, sign_offs = _current_answers(assessments), _sign_offs(assessments)
    return {
        assessment.pk: _assessment_view(
            assessment,
            known[assessment.version_id],
            answers[assessment.pk],
            sign_offs[assessment.pk],
            waivers[assessment.pk],
        )
        for assessment in assessments
    }


def _current_answers(assessments: Sequence[Assessment]) -> dict[int, Answers]:
    rows = Answer.objects.filter(assessment__in=assessments, is_current=True).select_related("answered_by")
    found: dict[int, Answers] = defaultdict(dict)
    for answer in rows.prefetch_related("evidence__given_by"):
        found[answer.assessment_id][answer.question] = answer
    return found


def _sign_offs(assessments: Sequence[Assessment]) -> dict[int, list[SignOff]]:
    found: dict[int, list[SignOff]] = defaultdict(list)
    for row in SignOff.objects.filter(assessment__in=assessments).select_related("decided_by"):
        found[row.assessment_id].append(row)
    return found


def _waivers(assessments: Sequence[Assessment], on: date) -> dict[int, list[WaiverView]]:
    found: dict[int, list[WaiverView]] = defaultdict(list)
    for row in Waiver.objects.filter(assessment__in=assessments).select_related("granted_by", "revoked_by"):
        found[row.assessment_id].append(_waiver_view(row, on))
    return found


def _assessment_view(
    assessment: Assessment, known: Known, answers: Answers, sign_offs: list[SignOff], waivers: list[WaiverView]
) -> AssessmentView:
    version = assessment.version
    waived = frozenset(waiver.conflict for waiver in waivers if waiver.is_in_force)
    used = framework(assessment.framework, assessment.framework_version)
    groups = tuple(
        GroupView(
            group,
            tuple(_question_view(question, answers.get(question.id), known, waived) for question in group.questions),
        )
        for group in used.groups
    )
    questions = [question for group in groups for question in group.questions]
    return AssessmentView(
        pk=assessment.pk,
        framework=used,
        state=assessment.state,
        version_id=version.pk,
        version_label=str(version),
        version_stage=version.stage,
        manifest_digest=version.manifest_digest,
        team_id=assessment.team_id,
        created_by=str(assessment.created_by),
        created_at=assessment.created_at,
        submitted_by=str(assessment.submitted_by or ""),
        submitted_by_id=assessment.submitted_by_id,
        submitted_at=assessment.submitted_at,
        groups=groups,
        gate=_gate(version, questions),
        sign_offs=tuple(_sign_off_view(row) for row in sign_offs),
        waivers=tuple(waivers),
        is_approval_current=_is_approval_current(assessment, questions),
        counts=dict(Counter(question.status for question in questions)),
    )


def _gate(version: ModelVersion, questions: list[QuestionView]) -> Gate:
    page = reverse("portal:version-tab", args=[version.pk, "files"])
    return gate_of(questions, held_files=version.held_files, is_broken=version.broken_at is not None, page=page)


def _is_approval_current(assessment: Assessment, questions: list[QuestionView]) -> bool:
    """Approved, with the same files, nothing behind an answer has changed, and no waiver has ended.

    Answers about deployments are left out: they are watched after approval, and a new deployment of an approved
    version is what the approval was given for.
    """
    is_stale = any(question.is_stale for question in questions if question.question.subject != DEPLOYMENT)
    has_conflict = any(item.conflict for question in questions for item in question.problems)
    return assessment.state == APPROVED and assessment.version.is_deployable and not is_stale and not has_conflict


def _question_view(question: Question, answer: Answer | None, known: Known, waived: frozenset[str]) -> QuestionView:
    basis = statement_basis(question, known)
    answered = _answer_view(answer, basis, known) if answer else None
    view = QuestionView(question=question, answer=answered, basis=basis, waived=waived)
    had = {row[:3] for row in _rows_of(view.evidence)}
    fresh = tuple(finding for finding in known.of(question.collectors) if finding.subject not in had)
    view = replace(view, uncollected=fresh)
    return replace(view, problems=tuple(problems_of(view)))


def _rows_of(evidence: Sequence[EvidenceView]) -> set[tuple[str, str, str]]:
    return {(item.collector, item.subject_type, item.subject_id) for item in evidence}


def _answer_view(answer: Answer, basis: str, known: Known) -> AnswerView:
    present = known.digest_by_subject()
    return AnswerView(
        pk=answer.pk,
        revision=answer.revision,
        status=answer.status,
        stated=answer.stated,
        text=answer.text,
        reason=answer.reason,
        answered_by=str(answer.answered_by or ""),
        answered_by_id=answer.answered_by_id,
        answered_at=answer.answered_at,
        evidence=tuple(_evidence_view(item, present) for item in answer.evidence.all()),
        is_statement_outdated=bool(answer.stated) and answer.stated_on != basis,
    )


def _evidence_view(item: Evidence, present: dict[tuple[str, str, str], str]) -> EvidenceView:
    subject = (item.collector, item.subject_type, item.subject_id)
    return EvidenceView(
        pk=item.pk,
        collector=item.collector,
        status=item.status,
        method=item.method,
        summary=item.summary,
        value=item.value,
        subject_type=item.subject_type,
        subject_id=item.subject_id,
        subject_label=item.subject_label,
        subject_digest=item.subject_digest,
        collected_at=item.collected_at,
        given_by=str(item.given_by or ""),
        stale_because=stale_because(subject, item.subject_digest, item.subject_label, present),
        page=_page_of(item),
    )


def _page_of(item: Evidence) -> str:
    """The page where what a piece of evidence asks for is said; empty where it asks for nothing."""
    place = item.value.get(PLACE)
    name = _PLACES.get(place["type"]) if item.collector and place else None
    return reverse(name, args=[place["id"]]) if name and place else ""


def _sign_off_view(row: SignOff) -> SignOffView:
    return SignOffView(
        pk=row.pk,
        decision=row.decision,
        reason=row.reason,
        decided_by=str(row.decided_by),
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        basis_digest=row.basis_digest,
    )


def _waiver_view(row: Waiver, on: date) -> WaiverView:
    return WaiverView(
        pk=row.pk,
        conflict=row.conflict,
        question=row.question,
        sentence=row.sentence,
        reason=row.reason,
        expires_on=row.expires_on,
        granted_by=str(row.granted_by),
        granted_by_id=row.granted_by_id,
        granted_at=row.granted_at,
        revoked_by=str(row.revoked_by or ""),
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
        state=waiver_state(row.expires_on, row.revoked_at is not None, on),
    )
