"""Answering: evidence that the platform collects, and what people say."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER
from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.queries import framework
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.rules import DECLARED, UNKNOWN, Finding, Known, Question, answer_status
from apps.checklist.rules.saying import Said
from apps.checklist.rules.statements import as_rows
from apps.checklist.services.revisions import (
    ATTACH,
    COLLECT,
    by_hand,
    current_answer,
    current_answers,
    locked,
    question_of,
    revise,
    statement_of,
)
from apps.checklist.services.saying import TEXT_MOST, check_statement, check_unchanged, said_write
from apps.core.canonical import digest_of
from apps.core.errors import Invalid

LINK_STARTS = ("https://", "http://")


@transaction.atomic
def evidence_collect(*, by: User | str = WORKER, assessment: Assessment) -> list[Answer]:
    """Bring every answer up to date with what the platform finds now. Returns the revisions written: none if nothing
    changed.

    A person's words are kept, and what they were said about stays with them: where that has changed, the answer shows
    as stale until a person confirms it.
    """
    if isinstance(by, User):
        require(by, "assessment.answer", assessment.team_id)
    assessment = locked(assessment)
    known = knowledge_of([assessment]).of(assessment)
    before = current_answers(assessment)
    used = framework(assessment.framework, assessment.framework_version)
    written = (_collect(by, assessment, q, before.get(q.id), known) for q in used.questions.values())
    return [answer for answer in written if answer is not None]


def _collect(
    by: User | str, assessment: Assessment, question: Question, before: Answer | None, known: Known
) -> Answer | None:
    """The next revision of one answer, or None when nothing new was found."""
    findings = known.of(question.collectors)
    statement = statement_of(before)
    status = answer_status(statement.stated, known.status_of(question.answering))
    if before is None and not findings:
        return None
    if before is not None and before.status == status and _collected_rows(before) == as_rows(findings):
        return None
    return revise(
        by=by,
        assessment=assessment,
        question=question,
        before=before,
        status=status,
        statement=statement,
        findings=findings,
        given=by_hand(before),
        action=COLLECT,
    )


def _collected_rows(answer: Answer) -> set[tuple[str, ...]]:
    return as_rows([as_finding(item) for item in answer.evidence.all() if item.collector])


def as_finding(item: Evidence) -> Finding:
    """Collected evidence as the finding that it was made of."""
    return Finding(
        collector=item.collector,
        status=item.status,
        method=item.method,
        summary=item.summary,
        subject_type=item.subject_type,
        subject_id=item.subject_id,
        subject_label=item.subject_label,
        subject_digest=item.subject_digest,
        value=item.value,
    )


@transaction.atomic
def answer_save(
    *,
    by: User,
    assessment: Assessment,
    question: str,
    status: str,
    text: str = "",
    reason: str = "",
    value: Mapping[str, Any] | None = None,
    expect_revision: int | None = None,
    expect_basis: str = "",
) -> Answer:
    """Record what a person says about a question, together with the evidence as it is now.

    `status` is declared, not_applicable (with a reason) or unknown; measured and imported cannot be said, they are
    found. `value` is what was chosen, counted or rated where the question asks for that (rules/values.py).
    `expect_revision` is the revision the person looked at (0: none yet) and `expect_basis` the digest of the evidence
    they saw; with either given, a change meanwhile raises Conflict. Raises Invalid, NotFound.
    """
    require(by, "assessment.answer", assessment.team_id)
    given = Said(question, status, text.strip(), reason.strip(), dict(value or {}), expect_revision, expect_basis)
    check_statement(given)
    assessment = locked(assessment)
    used = framework(assessment.framework, assessment.framework_version)
    question_of(used.questions, question)
    known = knowledge_of([assessment]).of(assessment)
    return said_write(
        by=by, assessment=assessment, used=used, known=known, before=current_answer(assessment, question), given=given
    )


@transaction.atomic
def evidence_add(
    *,
    by: User,
    assessment: Assessment,
    question: str,
    summary: str,
    link: str = "",
    expect_revision: int | None = None,
) -> Answer:
    """Attach a document, a link or a note to an answer. It supports the answer but does not give it.

    Raises Invalid for an empty note or a link that is no web address, NotFound for an unknown question.
    """
    require(by, "assessment.answer", assessment.team_id)
    summary, link = summary.strip(), link.strip()
    if not summary or len(summary) > TEXT_MOST:
        raise Invalid("Say in a sentence what this evidence shows.", code="evidence.empty")
    if link and not link.startswith(LINK_STARTS):
        raise Invalid("A link starts with https:// or http://.", code="evidence.link")
    assessment = locked(assessment)
    used = framework(assessment.framework, assessment.framework_version)
    asked = question_of(used.questions, question)
    before = current_answer(assessment, question)
    check_unchanged(asked, used, before, expect_revision, is_basis_same=True)
    kept = [as_finding(item) for item in before.evidence.all() if item.collector] if before else []
    return revise(
        by=by,
        assessment=assessment,
        question=asked,
        before=before,
        status=before.status if before else UNKNOWN,
        statement=statement_of(before),
        findings=kept,
        given=[*by_hand(before), _given(by, assessment, summary, link)],
        action=ATTACH,
    )


def _given(by: User, assessment: Assessment, summary: str, link: str) -> Evidence:
    subject = assessment.subject
    return Evidence(
        collector="",
        status=DECLARED,
        method="Given by hand",
        summary=summary,
        value={"link": link} if link else {},
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        subject_digest=digest_of({"summary": summary, "link": link}),
        given_by=by,
    )
