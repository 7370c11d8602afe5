"""Controls of risks that the platform checks: adding one, and checking all of them."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER
from apps.checklist.queries.controls import control_rule, controls_checked
from apps.core.errors import Invalid
from apps.risks.models import Risk, RiskControl
from apps.risks.queries import controls_to_check, reviews_come
from apps.risks.services import control_add, control_checked, risk_reopen

AT_A_TIME = 100  # controls whose evidence is read together


@transaction.atomic
def risk_control_add(*, by: User, risk: Risk, title: str, description: str = "", rule: str = "") -> RiskControl:
    """Add what holds a risk down. With a `rule` (a line of a policy, docs/gates.md) the platform checks it, at once and
    from now on. Raises Invalid for a rule that cannot be read, or for a risk of no system and no version.
    """
    require(by, "risk.edit", risk.team_id)
    rule = " ".join(rule.split())
    if rule and risk.system_id is None and risk.version_id is None:
        raise Invalid(
            "The platform measures model versions, and this risk speaks of none.",
            code="control.rule",
            remedy="Leave the rule out and say by hand whether the control works.",
        )
    rule = control_rule(rule).text if rule else ""
    control = control_add(by=by, risk=risk, title=title, description=description, rule=rule)
    return _kept(WORKER, [control])[0] if rule else control


def controls_check() -> int:
    """Check every control that has a rule, and open risks again whose day of review has come. Returns how many
    controls were looked at. Each hundred is a transaction of its own.
    """
    seen = 0
    pks = list(controls_to_check().values_list("pk", flat=True))
    for start in range(0, len(pks), AT_A_TIME):
        with transaction.atomic():
            seen += len(_kept(WORKER, list(controls_to_check().filter(pk__in=pks[start : start + AT_A_TIME]))))
    for risk in reviews_come(timezone.localdate()):
        risk_reopen(by=WORKER, risk=risk, because="The day has come on which it is to be looked at again.")
    return seen


@transaction.atomic
def risk_controls_check(*, by: User, risk: Risk) -> list[RiskControl]:
    """Check the controls of one risk now."""
    require(by, "risk.edit", risk.team_id)
    return _kept(by, list(controls_to_check().filter(risk=risk)))


def _kept(by: User | str, controls: list[RiskControl]) -> list[RiskControl]:
    return [
        control_checked(by=by, control=check.control, state=found.state, found=found.found, digest=found.digest)
        for check in controls_checked(controls)
        for found in [check.found]
    ]
