"""Controls: what holds a risk down, and what a check of it found."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.risks.models import Risk, RiskControl
from apps.risks.rules import ACCEPTED, FAILING, OPEN, WORKING
from apps.risks.services.decisions import risk_reopen
from apps.risks.services.register import locked

RULE_MOST = 300


@transaction.atomic
def control_add(*, by: User, risk: Risk, title: str, description: str = "", rule: str = "") -> RiskControl:
    """Add what holds a risk down. `rule` is a line of a policy that the platform checks from now on; whoever calls has
    seen to it that it can be read. Raises Invalid without a title.
    """
    require(by, "risk.edit", risk.team_id)
    risk = locked(risk)
    if not title.strip() or len(rule) > RULE_MOST:
        raise Invalid("Say in a few words what holds the risk down.", code="control.title")
    control = RiskControl.objects.create(
        risk=risk, title=title.strip()[:200], description=description.strip(), rule=rule.strip(), added_by=by
    )
    record(action="control.add", obj=control, by=by, data={"risk": risk.pk, "rule": control.rule})
    return control


@transaction.atomic
def control_remove(*, by: User, control: RiskControl, reason: str) -> RiskControl:
    """Say that something no longer holds a risk down; it stays on record. A risk that was accepted with it opens again.

    Raises Invalid, Conflict.
    """
    require(by, "risk.edit", control.risk.team_id)
    if not reason.strip():
        raise Invalid("Say why it is taken away; the reason is kept in the trail.", code="reason.missing")
    control = _at_work(control)  # the control first and its risk next, as wherever both are held
    risk = locked(control.risk)
    control.removed_by, control.removed_at = by, timezone.now()
    control.save(update_fields=["removed_by", "removed_at"])
    record(action="control.remove", obj=control, by=by, reason=reason.strip(), data={"risk": control.risk_id})
    if risk.state == ACCEPTED:
        risk_reopen(by=by, risk=risk, because=f"The control “{control.title}” was taken away.")
    return control


@transaction.atomic
def control_mark(*, by: User, control: RiskControl, works: bool, reason: str) -> RiskControl:
    """Say by hand whether a control works, where no rule tells it. A control that fails opens its risk again."""
    require(by, "risk.edit", control.risk.team_id)
    if not reason.strip():
        raise Invalid("Say what was looked at; it is kept with the control.", code="reason.missing")
    if control.rule:
        raise Conflict("The platform checks this control.", code="control.rule", remedy="Let it be checked again.")
    return _checked(by, _at_work(control), WORKING if works else FAILING, reason.strip(), "")


@transaction.atomic
def control_checked(*, by: User | str, control: RiskControl, state: str, found: str, digest: str) -> RiskControl:
    """What the platform found when it checked a control's rule. Nothing is written where nothing has changed."""
    control = _at_work(control)
    if (control.state, control.found, control.found_digest) == (state, found, digest):
        return control
    return _checked(by, control, state, found, digest)


def _at_work(control: RiskControl) -> RiskControl:
    rows = RiskControl.objects.select_for_update(of=("self",)).select_related("risk__team")
    control = rows.get(pk=control.pk)
    if control.removed_at is not None:
        raise Conflict("This control was taken away.", code="control.removed")
    return control


def _checked(by: User | str, control: RiskControl, state: str, found: str, digest: str) -> RiskControl:
    was = control.state
    control.state, control.found, control.found_digest, control.checked_at = state, found, digest, timezone.now()
    control.checked_by = by if isinstance(by, User) else None
    control.save(update_fields=["state", "found", "found_digest", "checked_at", "checked_by"])
    data = {"risk": control.risk_id, "from": was, "to": state, "digest": digest}
    record(action="control.check", obj=control, by=by, data=data)
    if state == FAILING and control.risk.state != OPEN:
        risk_reopen(by=by, risk=control.risk, because=f"The control “{control.title}” fails. {found}")
    return control
