"""What people say to each other about a question or an assessment. Their words stand in no trail and in no log."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, Discussion, Remark
from apps.checklist.queries import framework
from apps.checklist.services.revisions import locked, question_of
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_free

REMARK_MOST = 5_000  # characters; more belongs in a document that is linked


@transaction.atomic
def remark_write(*, by: User, assessment: Assessment, text: str, question: str = "") -> Remark:
    """Say something about a question, or about the assessment as a whole; a discussion that was settled opens again.

    Raises Invalid for no words or too many, NotFound for an unknown question.
    """
    require(by, "remark.write", assessment.team_id)
    text = "\n".join(text.strip().splitlines())
    if not text:
        raise Invalid("Write what you want to say.", code="remark.empty")
    if len(text) > REMARK_MOST:
        raise Invalid(f"A remark has up to {REMARK_MOST} characters.", code="remark.too_long")
    assessment = locked(assessment)
    if question:
        question_of(framework(assessment.framework, assessment.framework_version).questions, question)
    found, _ = Discussion.objects.get_or_create(
        assessment=assessment, question=question, defaults={"team_id": assessment.team_id}
    )
    if not found.is_open:
        _open_again(by, found)
    remark = Remark.objects.create(discussion=found, text=text, written_by=by)
    words = {"length": len(text), "digest": hashlib.sha256(text.encode()).hexdigest()}
    record(action="remark.write", obj=found, by=by, data=_about(found) | {"remark": remark.pk} | words)
    return remark


@transaction.atomic
def remark_withdraw(*, by: User, remark: Remark) -> Remark:
    """Take a remark back: its words are erased, and that it was withdrawn stays. Its author may, or who may
    `remark.withdraw`. Raises Refused while the assessment's subject is kept as evidence, Conflict where it was done.
    """
    team = remark.discussion.team_id
    require(by, "team.view" if remark.written_by_id == by.pk else "remark.withdraw", team)
    remark = Remark.objects.select_for_update(of=("self",)).select_related("discussion__assessment").get(pk=remark.pk)
    if remark.withdrawn_at is not None:
        raise Conflict("This remark has been withdrawn already.", code="remark.withdrawn")
    require_free(remark.discussion.assessment.subject)
    remark.text, remark.withdrawn_by, remark.withdrawn_at = "", by, timezone.now()
    remark.save(update_fields=["text", "withdrawn_by", "withdrawn_at"])
    record(
        action="remark.withdraw", obj=remark.discussion, by=by, data=_about(remark.discussion) | {"remark": remark.pk}
    )
    return remark


@transaction.atomic
def discussion_settle(*, by: User, discussion: Discussion) -> Discussion:
    """Say that a discussion has come to its end. Raises Conflict where it has been settled."""
    require(by, "remark.write", discussion.team_id)
    discussion = _held(discussion)
    if not discussion.is_open:
        raise Conflict("This discussion is settled already.", code="discussion.settled")
    discussion.settled_by, discussion.settled_at = by, timezone.now()
    discussion.save(update_fields=["settled_by", "settled_at"])
    record(action="discussion.settle", obj=discussion, by=by, data=_about(discussion))
    return discussion


@transaction.atomic
def discussion_reopen(*, by: User, discussion: Discussion) -> Discussion:
    """Say that a discussion has not come to its end after all. Raises Conflict where it is open."""
    require(by, "remark.write", discussion.team_id)
    discussion = _held(discussion)
    if discussion.is_open:
        raise Conflict("This discussion is open.", code="discussion.open")
    _open_again(by, discussion)
    return discussion


def _open_again(by: User, discussion: Discussion) -> None:
    discussion.settled_by, discussion.settled_at = None, None
    discussion.save(update_fields=["settled_by", "settled_at"])
    record(action="discussion.reopen", obj=discussion, by=by, data=_about(discussion))


def _held(discussion: Discussion) -> Discussion:
    rows = Discussion.objects.select_for_update(of=("self",)).select_related("assessment")
    return rows.get(pk=discussion.pk)


def _about(discussion: Discussion) -> dict[str, Any]:
    """What the trail says of it: ids, never words."""
    return {"assessment": discussion.assessment_id, "question": discussion.question}
