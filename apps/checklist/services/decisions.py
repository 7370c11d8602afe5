"""Submitting an assessment, and the sign-off by a second person, which alone approves a version."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import roles_by_team
from apps.accounts.rules import APPROVER, ROLES
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, SignOff
from apps.checklist.queries import makers_of, present_view
from apps.checklist.queries.policies import default_policy, policies_for
from apps.checklist.rules import APPROVED, OPEN, REFUSED, SUBMITTED, AssessmentView, Gate
from apps.checklist.rules.policies import InForce, missing
from apps.checklist.rules.subjects import FIELDS
from apps.checklist.services.basis import basis_of
from apps.checklist.services.revisions import locked
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid, Refused
from apps.registry import rules as registry_rules
from apps.registry.models import ModelVersion
from apps.registry.services import version_approve, version_propose, version_reject


@transaction.atomic
def assessment_submit(*, by: User, assessment: Assessment) -> Assessment:
    """Hand the assessment to a second person. With its checklist, a draft or rejected version becomes a candidate.

    A red gate does not stand in the way of submitting, only of approving. Raises Conflict when it waits or is decided.
    """
    require(by, "assessment.answer", assessment.team_id)
    assessment = locked(assessment)
    if assessment.state not in (OPEN, REFUSED):
        raise Conflict(
            f"This checklist is {assessment.get_state_display().lower()}; it cannot be submitted again.",
            code="assessment.state",
            remedy="Change an answer first: that opens the checklist again.",
        )
    version = _moved_by(assessment)
    if version is not None and version.stage not in (registry_rules.CANDIDATE, registry_rules.APPROVED):
        version_propose(by=by, version=version)
    assessment.state, assessment.submitted_by, assessment.submitted_at = SUBMITTED, by, timezone.now()
    assessment.save(update_fields=["state", "submitted_by", "submitted_at"])
    record(action="assessment.submit", obj=assessment, by=by, data=_named(assessment))
    return assessment


def _moved_by(assessment: Assessment) -> ModelVersion | None:
    """The model version whose stage this sign-off moves; None where it is a decision on the assessment alone."""
    return assessment.version if assessment.moves_stage else None


def _named(assessment: Assessment) -> dict[str, int]:
    """The number of what it speaks of, under the name that the trail has for that."""
    return {FIELDS[assessment.subject_kind]: assessment.subject_id}


@transaction.atomic
def assessment_decide(*, by: User, assessment: Assessment, decision: str, reason: str) -> SignOff:
    """Approve or refuse, by somebody who had no part in the work and whose role the policy of the gate counts.

    `decision` is approved or refused. Raises Refused for one's own work or without such a role, Conflict when the
    assessment does not wait for a decision, the gate is red or one's sign-off is not missing, Invalid for a missing
    reason. The last sign-off that the policy asks for approves the version's present files in the same transaction;
    one refusal rejects the version. An assessment that opens no gate is decided on for itself.
    """
    _require_signer(by, assessment, policies_for([assessment])[assessment.pk])
    assessment = locked(assessment)
    view, version = present_view(assessment), _moved_by(assessment)
    _check_second_person(by, assessment, view)
    _check_decision(assessment, decision, reason)
    used = view.policy or default_policy()
    roles = _require_signer(by, assessment, used)  # once more: the policy may have changed before the lock was held
    is_final = decision == REFUSED
    if decision == APPROVED:
        _check_gate(view.gate)
        is_final = not _missing_after(by, view, used, roles)
    if is_final:
        _move(by, assessment, version, decision, reason)
    return _sign(by, assessment, view, used, decision, reason, roles, is_final)


def _require_signer(by: User, assessment: Assessment, used: InForce) -> frozenset[str]:
    """The person's roles that the policy counts. Raises Refused where it counts none, NotFound for outsiders."""
    counted = used.policy.roles
    require(by, "assessment.decide" if counted == {APPROVER} else "assessment.sign", assessment.team_id)
    roles = counted & roles_by_team(by).get(assessment.team_id, frozenset())
    if not roles:
        names = " or ".join(label.lower() for role, label in ROLES.items() if role in counted)
        raise Refused(
            f"The policy “{used.label}” counts the sign-off of {names}; you have no such role in this team.",
            code="sign_off.role",
            remedy=f"Ask somebody who is {names} there.",
        )
    return roles


def _missing_after(by: User, view: AssessmentView, used: InForce, roles: frozenset[str]) -> int:
    """How many sign-offs are missing after this one. Raises Conflict where it would change nothing."""
    if any(one.decided_by_id == by.pk for one in view.signed):
        raise Conflict(
            "You have signed this already; other people have to.",
            code="sign_off.given",
            remedy="It is approved when the last sign-off that the policy asks for is given.",
        )
    given = [frozenset(one.roles) for one in view.signed]
    before, after = missing(used.policy.signers, given), missing(used.policy.signers, [*given, roles])
    if after >= before > 0:
        raise Conflict(
            "Enough people with your roles have signed; what is missing is the sign-off of others.",
            code="sign_off.not_missing",
            remedy="The page of the gate says which sign-offs are missing.",
        )
    return after


def _move(by: User, assessment: Assessment, version: ModelVersion | None, decision: str, reason: str) -> None:
    """Take the decision: on the assessment and, with its checklist, on the version."""
    if version is not None and decision == REFUSED:
        version_reject(by=by, version=version, reason=reason)
    elif version is not None and not version.is_deployable:  # confirmed after an amendment, it moves nothing
        version_approve(by=by, version=version, reason=reason)
    assessment.state = decision
    assessment.save(update_fields=["state"])


def _sign(
    by: User,
    assessment: Assessment,
    view: AssessmentView,
    used: InForce,
    decision: str,
    reason: str,
    roles: frozenset[str],
    is_final: bool,
) -> SignOff:
    """Keep the decision with everything that it was taken on."""
    basis = basis_of(view)
    sign_off = SignOff.objects.create(
        assessment=assessment,
        decision=decision,
        reason=reason.strip(),
        basis=basis,
        basis_digest=digest_of(basis),
        policy_id=used.pk,
        policy_revision=used.revision,
        policy_digest=used.policy.digest,
        roles=sorted(roles),
        is_final=is_final,
        decided_by=by,
    )
    data = {
        "decision": decision,
        **_named(assessment),
        "basis_digest": sign_off.basis_digest,
        "policy_revision": used.revision,
        "policy_digest": used.policy.digest,
        "is_final": is_final,
    }
    record(action="assessment.decide", obj=assessment, by=by, reason=reason.strip(), data=data)
    return sign_off


def _check_second_person(by: User, assessment: Assessment, view: AssessmentView) -> None:
    part = makers_of(assessment, view).get(by.pk)
    if part is not None:
        raise Refused(
            f"You cannot decide on this checklist, because you {part}.",
            code="sign_off.own_work",
            remedy="Ask another approver, who had no part in it.",
        )


def _check_decision(assessment: Assessment, decision: str, reason: str) -> None:
    if decision not in (APPROVED, REFUSED):
        raise Invalid(f"“{decision}” is no decision.", code="sign_off.decision", remedy="Say approved or refused.")
    if not reason.strip():
        raise Invalid("Give a reason; it is kept in the trail.", code="reason.missing")
    if assessment.state != SUBMITTED:
        raise Conflict(
            f"This checklist does not wait for a decision: it is {assessment.get_state_display().lower()}.",
            code="assessment.state",
            remedy="It has to be submitted first.",
        )


def _check_gate(gate: Gate) -> None:
    if gate.is_green:
        return
    listed = " ".join(f"{item.question}: {item.problem}" for item in gate.problems)
    number = len(gate.problems)
    remedies = " ".join(dict.fromkeys(f"{item.question}: {item.remedy}" for item in gate.problems))
    raise Conflict(
        f"The gate is red, so this version cannot be approved. {number} problem{'s' if number > 1 else ''}: {listed}",
        code="gate.red",
        remedy=remedies,
    )
