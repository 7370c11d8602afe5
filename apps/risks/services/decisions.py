"""Decisions on risks by a second person: living with one, closing it; and opening it again."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid, Refused
from apps.risks.models import Risk
from apps.risks.queries import part_of
from apps.risks.rules import ACCEPT, ACCEPTED, CLOSED, FAILING, OPEN, review_problem
from apps.risks.services.register import locked, next_revision

_DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


@transaction.atomic
def risk_accept(*, by: User, risk: Risk, reason: str, review_on: date | None = None) -> Risk:
    """Say that the organisation lives with a risk as it was last rated, until it is looked at again.

    Raises Refused for one's own rating, Invalid without a reason or a day of review, Conflict while a control fails.
    """
    risk = _to_decide(by, risk, reason)
    review_on = review_on or risk.review_on
    problem = review_problem(review_on, timezone.localdate())
    if review_on is None or problem:
        raise Invalid(problem or "Say when the risk is looked at again.", code="risk.review")
    failing = [control.title for control in risk.controls.filter(removed_at=None, state=FAILING)]
    if failing:
        raise Conflict(
            f"A control of this risk fails: {', '.join(failing)}.",
            code="risk.control",
            remedy="Mend what it measures, or rate the risk without it and take the control away.",
        )
    risk.review_on, risk.treatment = review_on, risk.treatment if risk.treatment != "none" else ACCEPT
    return _decided(by, risk, ACCEPTED, reason, ["review_on", "treatment"])


@transaction.atomic
def risk_close(*, by: User, risk: Risk, reason: str) -> Risk:
    """Say that a risk is gone. It stays on record. Raises Refused, Invalid, Conflict."""
    return _decided(by, _to_decide(by, risk, reason), CLOSED, reason, [])


@transaction.atomic
def risk_reopen(*, by: User | str, risk: Risk, because: str) -> Risk:
    """Open a risk that was accepted or closed. `by` is a person, or the word for the platform, which saw a control
    fail or the day of review pass. Raises Conflict where it is open, Invalid without a reason.
    """
    if isinstance(by, User):
        require(by, "risk.edit", risk.team_id)
    if not because.strip():
        raise Invalid("Say why it is opened again; the reason is kept.", code="reason.missing")
    risk = locked(risk, may_be_closed=True)
    if risk.state == OPEN:
        raise Conflict("This risk is open already.", code="risk.open")
    was = risk.state
    risk.state, risk.reopened_at, risk.reopened_because = OPEN, timezone.now(), because.strip()
    risk.save(update_fields=["state", "reopened_at", "reopened_because", *next_revision(risk)])
    record(action="risk.reopen", obj=risk, by=by, reason=because.strip(), data={"from": was})
    return risk


def _to_decide(by: User, risk: Risk, reason: str) -> Risk:
    require(by, "risk.decide", risk.team_id)
    if not reason.strip():
        raise Invalid("Give a reason; it is kept in the trail.", code="reason.missing")
    risk = locked(risk)
    if part := part_of(by, risk):
        raise Refused(
            f"You cannot decide on this risk, because you {part}.",
            code="risk.own_work",
            remedy="Ask a compliance officer or an approver who had no part in how it stands.",
        )
    return risk


def _decided(by: User, risk: Risk, state: str, reason: str, fields: list[str]) -> Risk:
    if risk.state == state:
        raise Conflict(f"This risk is {risk.get_state_display().lower()} already.", code="risk.state")
    risk.state, risk.decided_by, risk.decided_at, risk.decision_reason = state, by, timezone.now(), reason.strip()
    risk.save(update_fields=[*_DECISION, *fields, *next_revision(risk)])
    data = {"level": risk.level, "review_on": risk.review_on.isoformat() if risk.review_on else None}
    record(action=f"risk.{'accept' if state == ACCEPTED else 'close'}", obj=risk, by=by, reason=reason, data=data)
    return risk
