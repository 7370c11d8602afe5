"""Waivers: letting what stands against approval pass for a while, by somebody who had no part in the work."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, Waiver
from apps.checklist.queries import makers_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules import IN_FORCE, AssessmentView, waiver_state
from apps.checklist.rules.waivers import expiry_problem
from apps.checklist.services.revisions import locked
from apps.core.errors import Conflict, Invalid, NotFound, Refused

RULE = "rule"  # the kind of a waiver that lets a whole rule of the policy pass


@transaction.atomic
def waiver_grant(
    *, by: User, assessment: Assessment, conflict: str, reason: str, expires_on: date, on: date | None = None
) -> Waiver:
    """Let one reason against approval, or a whole rule, pass until the end of a day. `conflict` is its key; `on` is the
    present day, unless given.

    Raises Refused for one's own work and for what no waiver lets pass, Invalid without a reason or for a day that is
    past or too far, NotFound for what does not stand, Conflict for what is waived already.
    """
    require(by, "waiver.grant", assessment.team_id)
    assessment, on = locked(assessment), on or timezone.localdate()
    view = views_of([assessment], on)[assessment.pk]
    _check_second_person(by, assessment, view)
    if not reason.strip():
        raise Invalid("Say why it may stand; the reason is kept in the trail.", code="reason.missing")
    if problem := expiry_problem(expires_on, on):
        raise Invalid(problem, code="waiver.expiry")
    found = _standing(view, conflict)
    _check_waivable(found)
    if any(is_in_force(waiver, on) for waiver in assessment.waivers.filter(conflict=conflict)):
        raise Conflict("This is waived already.", code="waiver.exists", remedy="Revoke that waiver first.")
    waiver = Waiver.objects.create(
        assessment=assessment,
        team_id=assessment.team_id,
        conflict=conflict,
        kind=found.kind,
        question=found.question,
        sentence=found.sentence,
        reason=reason.strip(),
        expires_on=expires_on,
        granted_by=by,
    )
    data = {"assessment": assessment.pk, "conflict": conflict, "kind": found.kind, "expires_on": expires_on.isoformat()}
    record(action="waiver.grant", obj=waiver, by=by, reason=reason.strip(), data=data)
    return waiver


@transaction.atomic
def waiver_revoke(*, by: User, waiver: Waiver, reason: str) -> Waiver:
    """Take a waiver back; what it let pass stands against approval again. Raises Conflict where that was done."""
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


def _check_second_person(by: User, assessment: Assessment, view: AssessmentView) -> None:
    part = makers_of(assessment, view).get(by.pk)
    if part is not None:
        raise Refused(
            f"You cannot waive anything on this checklist, because you {part}.",
            code="waiver.own_work",
            remedy="Ask another approver, who had no part in it.",
        )


@dataclass(frozen=True)
class _Waivable:
    """What a waiver lets pass."""

    kind: str
    question: str
    sentence: str
    never_because: str = ""


def _standing(view: AssessmentView, key: str) -> _Waivable:
    """What stands against approval under this key: one reason, a conflict of licences, or a whole rule."""
    for outcome in view.outcomes:
        if outcome.rule.key == key and (outcome.reasons or outcome.never_waived_because):
            return _Waivable(RULE, "", f"The rule “{outcome.rule.text}”", outcome.never_waived_because)
        for reason in outcome.reasons:
            if reason.item.key == key:
                item = reason.item
                return _Waivable(item.kind, item.question, item.problem, item.never_waived_because)
    raise NotFound(
        "Nothing of this kind stands on this checklist.",
        code="waiver.conflict",
        remedy="Read the gate again: what changed is another reason, which needs a waiver of its own.",
    )


def _check_waivable(found: _Waivable) -> None:
    if found.never_because:
        raise Refused(
            f"This cannot be waived. {found.never_because}",
            code="waiver.never",
            remedy="Put right what stands against approval.",
        )
