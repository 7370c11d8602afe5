"""Waivers: letting a conflict of licences stand for a while, by somebody who had no part in the work."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, Waiver
from apps.checklist.queries import makers_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules import IN_FORCE, AssessmentView, waiver_state
from apps.checklist.rules.findings import CONFLICTS
from apps.checklist.rules.waivers import expiry_problem
from apps.checklist.services.revisions import locked
from apps.core.errors import Conflict, Invalid, NotFound, Refused


@transaction.atomic
def waiver_grant(
    *, by: User, assessment: Assessment, conflict: str, reason: str, expires_on: date, on: date | None = None
) -> Waiver:
    """Let one conflict stand until the end of a day. `on` is the present day, unless given.

    Raises Refused for one's own work, Invalid without a reason or for a day that is past or too far, NotFound for a
    conflict that does not stand, Conflict for one that is waived already.
    """
    require(by, "waiver.grant", assessment.team_id)
    assessment, on = locked(assessment), on or timezone.localdate()
    _check_second_person(by, assessment)
    if not reason.strip():
        raise Invalid("Say why the conflict may stand; the reason is kept in the trail.", code="reason.missing")
    if problem := expiry_problem(expires_on, on):
        raise Invalid(problem, code="waiver.expiry")
    question, found = _standing(views_of([assessment], on)[assessment.pk], conflict)
    if any(is_in_force(waiver, on) for waiver in assessment.waivers.filter(conflict=conflict)):
        raise Conflict("This conflict is waived already.", code="waiver.exists", remedy="Revoke that waiver first.")
    waiver = Waiver.objects.create(
        assessment=assessment,
        team_id=assessment.team_id,
        conflict=conflict,
        question=question,
        sentence=found["sentence"],
        reason=reason.strip(),
        expires_on=expires_on,
        granted_by=by,
    )
    data = {"assessment": assessment.pk, "conflict": conflict, "expires_on": expires_on.isoformat()}
    record(action="waiver.grant", obj=waiver, by=by, reason=reason.strip(), data=data)
    return waiver


@transaction.atomic
def waiver_revoke(*, by: User, waiver: Waiver, reason: str) -> Waiver:
    """Take a waiver back; its conflict stands against approval again at once. Raises Conflict where that is done."""
    require(by, "waiver.grant", waiver.team_id)
    if not reason.strip():
        raise Invalid("Say why the waiver is taken back; the reason is kept in the trail.", code="reason.missing")
    waiver = (
        Waiver.objects.select_for_update(of=("self",)).select_related("assessment__version__model").get(pk=waiver.pk)
    )
    if waiver.revoked_at is not None:
        raise Conflict("This waiver has been taken back already.", code="waiver.revoked")
    waiver.revoked_by, waiver.revoked_at, waiver.revoked_because = by, timezone.now(), reason.strip()
    waiver.save(update_fields=["revoked_by", "revoked_at", "revoked_because"])
    data = {"assessment": waiver.assessment_id, "conflict": waiver.conflict}
    record(action="waiver.revoke", obj=waiver, by=by, reason=reason.strip(), data=data)
    return waiver


def is_in_force(waiver: Waiver, on: date) -> bool:
    """Whether a waiver holds on a day."""
    return waiver_state(waiver.expires_on, waiver.revoked_at is not None, on) == IN_FORCE


def _check_second_person(by: User, assessment: Assessment) -> None:
    part = makers_of(assessment).get(by.pk)
    if part is not None:
        raise Refused(
            f"You cannot waive a conflict on this checklist, because you {part}.",
            code="waiver.own_work",
            remedy="Ask another approver, who had no part in it.",
        )


def _standing(view: AssessmentView, key: str) -> tuple[str, dict[str, Any]]:
    """The question and the conflict with this key, among the evidence of the present answers."""
    for question in view.questions:
        for item in question.evidence:
            for conflict in item.value.get(CONFLICTS, []):
                if conflict["key"] == key and conflict["blocks"]:
                    return question.id, conflict
    raise NotFound(
        "No such conflict stands on this checklist.",
        code="waiver.conflict",
        remedy="Collect the evidence again: a changed licence or chain is another conflict.",
    )
