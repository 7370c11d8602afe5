"""Controls of risks that the platform checks: each is one line of a policy, held against what is measured now."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.checklist.models import Assessment
from apps.checklist.queries.assessments import with_names
from apps.checklist.queries.frameworks import GENAIOPS
from apps.checklist.queries.gates import files_of, trail_known
from apps.checklist.queries.policies import policy_read, vocabulary
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules.controls import Checked, checked, summed
from apps.checklist.rules.policies import InForce, Policy, PolicyInvalid, Rule
from apps.checklist.rules.policies.evaluating import Facts, evaluate
from apps.checklist.rules.policies.outcomes import RuleOutcome
from apps.core.errors import Invalid
from apps.registry.models import SystemVersion
from apps.risks.models import Risk, RiskControl

# A control is about what is measured and answered; who signs is a matter of the gate.
_OF_THE_GATE = ("approvals", "four eyes", "trail")
_FORM = "title: Control\nrules:\n  - {line}\n  - 'approvals: 1 from {{approver}}'\n"


def control_rule(line: str) -> Rule:
    """The rule that a line holds. Raises Invalid, which says what may stand there."""
    try:
        rule = policy_read(_FORM.format(line=json.dumps(line)), vocabulary()).rules[0]
    except PolicyInvalid as error:
        said = " ".join(problem.rule for problem in error.problems)
        raise Invalid(f"This is no rule that the platform can check: {said}", code="control.rule") from None
    if rule.word in _OF_THE_GATE:
        raise Invalid(
            f"“{rule.word}” speaks of who signs, which holds no risk down.",
            code="control.rule",
            remedy="Name what has to be measured, answered or free of conflicts.",
        )
    return rule


@dataclass(frozen=True)
class Check:
    """One control with what was found."""

    control: RiskControl
    found: Checked


def controls_checked(controls: Sequence[RiskControl]) -> list[Check]:
    """Each control held against the versions that its risk speaks of, without regard to waivers: a waiver lets
    something pass, it holds nothing down. The number of queries does not depend on how many there are.
    """
    versions = _versions_behind([control.risk for control in controls])
    assessments = _assessments({pk for pks in versions.values() for pk in pks})
    facts = _facts(list(assessments.values()))
    found = []
    for control in controls:
        rule, behind = control_rule(control.rule), versions[control.risk_id]
        outcomes = [(str(assessments[pk].subject), _outcome(rule, facts[pk])) for pk in behind if pk in facts]
        found.append(Check(control, summed([checked(*one) for one in outcomes], len(behind))))
    return found


def _outcome(rule: Rule, facts: Facts) -> RuleOutcome:
    return evaluate(InForce(Policy("Control", (rule,))), facts).outcomes[0]


def _versions_behind(risks: Iterable[Risk]) -> dict[int, list[int]]:
    """The model versions that each risk speaks of: its own, or those at work in its system."""
    risks = list(risks)
    parts: dict[int, list[int]] = defaultdict(list)
    systems = {risk.system_id for risk in risks if risk.system_id is not None}
    rows = SystemVersion.objects.filter(system__in=systems, until=None).order_by("pk")
    for system, version in rows.values_list("system_id", "version_id"):
        parts[system].append(version)
    return {risk.pk: [risk.version_id] if risk.version_id is not None else parts[risk.system_id or 0] for risk in risks}


def _assessments(versions: set[int]) -> dict[int, Assessment]:
    rows = with_names(Assessment.objects.filter(version__in=versions, framework=GENAIOPS))
    return {one.version_id: one for one in rows if one.version_id is not None}


def _facts(assessments: list[Assessment]) -> dict[int, Facts]:
    """What a rule is held against, by version."""
    views, knowledge, trail = views_of(assessments), knowledge_of(assessments), trail_known()
    return {
        one.version_id: Facts(
            questions=list(views[one.pk].questions),
            files=files_of(one),
            measurements=knowledge.of(one).measurements,
            trail=trail,
        )
        for one in assessments
        if one.version_id is not None
    }
