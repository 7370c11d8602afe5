"""Opening an assessment, submitting it, and the sign-off by a second person, which alone approves a version."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, SignOff
from apps.checklist.queries import GENAIOPS, framework, makers_of, present_view
from apps.checklist.rules import APPROVED, OPEN, REFUSED, SUBMITTED, AssessmentView, Gate, QuestionView
from apps.checklist.services.revisions import locked
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid, Refused
from apps.registry import rules as registry_rules
from apps.registry.models import ModelVersion
from apps.registry.services import version_approve, version_propose, version_reject


@transaction.atomic
def assessment_create(*, by: User, version: ModelVersion, urn: str = GENAIOPS) -> Assessment:
    """Hold a model version against the newest version of a framework. Raises Conflict when that was begun already."""
    require(by, "assessment.answer", version.team_id)
    used = framework(urn)
    if Assessment.objects.filter(version=version, framework=urn).exists():
        raise Conflict(
            f"{version} has this checklist already.", code="assessment.exists", remedy="Open the one that is there."
        )
    assessment = Assessment.objects.create(
        team_id=version.team_id, version=version, framework=urn, framework_version=used.version, created_by=by
    )
    data = {
        "version": version.pk,
        "framework": urn,
        "framework_version": used.version,
        "framework_digest": used.digest,
    }
    record(action="assessment.create", obj=assessment, by=by, data=data)
    return assessment


@transaction.atomic
def assessment_submit(*, by: User, assessment: Assessment) -> Assessment:
    """Hand the assessment to a second person. A draft or rejected version becomes a candidate with it.

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
    if assessment.version.stage not in (registry_rules.CANDIDATE, registry_rules.APPROVED):
        version_propose(by=by, version=assessment.version)
    assessment.state, assessment.submitted_by, assessment.submitted_at = SUBMITTED, by, timezone.now()
    assessment.save(update_fields=["state", "submitted_by", "submitted_at"])
    record(action="assessment.submit", obj=assessment, by=by, data={"version": assessment.version_id})
    return assessment


@transaction.atomic
def assessment_decide(*, by: User, assessment: Assessment, decision: str, reason: str) -> SignOff:
    """Approve or refuse, by somebody who had no part in the work.

    `decision` is approved or refused. Raises Refused for one's own work, Conflict when the assessment does not wait
    for a decision or the gate is red, Invalid for a missing reason. Approving approves the version's present files in
    the same transaction; refusing rejects the version.
    """
    require(by, "assessment.decide", assessment.team_id)
    assessment = locked(assessment)
    _check_second_person(by, assessment)
    _check_decision(assessment, decision, reason)
    view = present_view(assessment)
    if decision == APPROVED:
        _check_gate(view.gate)
        if not assessment.version.is_deployable:  # an approval that is confirmed after an amendment moves nothing
            version_approve(by=by, version=assessment.version, reason=reason)
    else:
        version_reject(by=by, version=assessment.version, reason=reason)
    assessment.state = decision
    assessment.save(update_fields=["state"])
    basis = _basis(view)
    sign_off = SignOff.objects.create(
        assessment=assessment,
        decision=decision,
        reason=reason.strip(),
        basis=basis,
        basis_digest=digest_of(basis),
        decided_by=by,
    )
    data = {"decision": decision, "version": assessment.version_id, "basis_digest": sign_off.basis_digest}
    record(action="assessment.decide", obj=assessment, by=by, reason=reason.strip(), data=data)
    return sign_off


def _check_second_person(by: User, assessment: Assessment) -> None:
    part = makers_of(assessment).get(by.pk)
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


def _basis(view: AssessmentView) -> dict[str, Any]:
    """Everything a decision was taken on, in a form whose digest anybody can compute again."""
    return {
        "framework": {
            "urn": view.framework.urn,
            "version": view.framework.version,
            "digest": view.framework.digest,
        },
        "version": {"id": view.version_id, "label": view.version_label, "manifest_digest": view.manifest_digest},
        "answers": [_basis_of(question) for question in view.questions],
        "gate": [[item.question, item.problem] for item in view.gate.problems],
        "waivers": [[one.conflict, one.pk, one.expires_on.isoformat()] for one in view.waivers if one.is_in_force],
    }


def _basis_of(question: QuestionView) -> dict[str, Any]:
    answer = question.answer
    said = {"text": answer.text, "reason": answer.reason} if answer else {}
    return {
        "question": question.id,
        "revision": question.revision,
        "status": question.status,
        "said_digest": digest_of(said),
        "evidence": [[item.collector, item.subject_label, item.subject_digest] for item in question.evidence],
    }
