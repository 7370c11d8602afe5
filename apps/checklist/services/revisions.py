"""Writing one revision of one answer. Every change of an answer, whoever makes it, goes through `revise`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.audit.services import record
from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.queries.assessments import SUBJECTS_READ
from apps.checklist.rules import APPROVED, OPEN, Finding, Question
from apps.checklist.rules.statements import DEPLOYMENT
from apps.core.errors import NotFound

METHOD_MOST = 300  # characters; the scan's own page has all of it
COLLECT, SAVE, ATTACH = "answer.collect", "answer.save", "answer.attach"


@dataclass(frozen=True)
class Statement:
    """What a person said about a question; empty fields where nobody has."""

    stated: str = ""
    text: str = ""
    reason: str = ""
    stated_on: str = ""
    by_id: int | None = None
    value: dict[str, Any] = field(default_factory=dict)


NOTHING_SAID = Statement()


def statement_of(answer: Answer | None) -> Statement:
    """What a person said in this revision."""
    if answer is None:
        return NOTHING_SAID
    return Statement(answer.stated, answer.text, answer.reason, answer.stated_on, answer.answered_by_id, answer.value)


def locked(assessment: Assessment) -> Assessment:
    """The assessment, read afresh and held until the transaction ends, so that answers are written one by one."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related(*SUBJECTS_READ)
    return rows.get(pk=assessment.pk)


def current_answers(assessment: Assessment) -> dict[str, Answer]:
    """The current answers with their evidence, by question."""
    rows = assessment.answers.filter(is_current=True).select_related("answered_by").prefetch_related("evidence")
    return {answer.question: answer for answer in rows}


def current_answer(assessment: Assessment, question: str) -> Answer | None:
    """The current answer to one question."""
    return assessment.answers.filter(is_current=True, question=question).select_related("answered_by").first()


def question_of(questions: dict[str, Question], question: str) -> Question:
    """A question of a framework. Raises NotFound."""
    if question not in questions:
        raise NotFound(f"The framework has no question “{question}”.", code="question.unknown")
    return questions[question]


def by_hand(answer: Answer | None) -> list[Evidence]:
    """The evidence of this revision that people gave."""
    return [] if answer is None else [item for item in answer.evidence.all() if not item.collector]


def revise(
    *,
    by: User | str,
    assessment: Assessment,
    question: Question,
    before: Answer | None,
    status: str,
    statement: Statement,
    findings: Iterable[Finding],
    given: Iterable[Evidence],
    action: str,
    reason: str = "",
) -> Answer:
    """Write the next revision with its evidence, record it, and open the assessment again where that is due."""
    if before is not None:
        Answer.objects.filter(pk=before.pk).update(is_current=False)
    answer = Answer.objects.create(
        assessment=assessment,
        question=question.id,
        revision=before.revision + 1 if before else 1,
        status=status,
        stated=statement.stated,
        text=statement.text,
        reason=statement.reason,
        stated_on=statement.stated_on,
        value=statement.value,
        answered_by_id=statement.by_id,
    )
    evidence = [_collected(answer, finding) for finding in findings] + [_copied(answer, item) for item in given]
    Evidence.objects.bulk_create(evidence)
    data: dict[str, Any] = {
        "question": question.id,
        "revision": answer.revision,
        "status": status,
        "evidence": sorted(item.subject_digest for item in evidence),
    }
    record(action=action, obj=assessment, by=by, reason=reason, data=data)
    is_seen_later = action == COLLECT and assessment.state == APPROVED and question.subject == DEPLOYMENT
    if assessment.state != OPEN and not (is_seen_later and assessment.version_id is not None):
        _reopen(assessment, question, by)
    return answer


def _collected(answer: Answer, finding: Finding) -> Evidence:
    return Evidence(
        answer=answer,
        collector=finding.collector,
        status=finding.status,
        method=_within(finding.method, METHOD_MOST),
        summary=finding.summary,
        value=finding.value,
        subject_type=finding.subject_type,
        subject_id=finding.subject_id,
        subject_label=finding.subject_label[:200],
        subject_digest=finding.subject_digest,
    )


def _within(text: str, most: int) -> str:
    """A text that fits, cut between two words where it is longer."""
    return text if len(text) <= most else f"{text[: most - 2].rsplit(' ', 1)[0]} …"


def _copied(answer: Answer, item: Evidence) -> Evidence:
    """Evidence given by hand goes along from revision to revision, with who gave it and when."""
    return Evidence(
        answer=answer,
        collector="",
        status=item.status,
        method=item.method,
        summary=item.summary,
        value=item.value,
        subject_type=item.subject_type,
        subject_id=item.subject_id,
        subject_label=item.subject_label,
        subject_digest=item.subject_digest,
        cites_id=item.cites_id,
        given_by_id=item.given_by_id,
        collected_at=item.collected_at,
    )


def _reopen(assessment: Assessment, question: Question, by: User | str) -> None:
    """A decision holds for the answers it was taken on, so a changed answer opens the assessment again.

    One exception, made by the caller: what the platform sees of deployments after approval. Deploying is what was
    approved.
    """
    was = assessment.state
    assessment.state, assessment.submitted_by, assessment.submitted_at = OPEN, None, None
    assessment.save(update_fields=["state", "submitted_by", "submitted_at"])
    record(action="assessment.reopen", obj=assessment, by=by, data={"from": was, "question": question.id})
