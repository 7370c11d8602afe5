"""Submitting an assessment, and the sign-off by a second person, which alone approves a version."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, SignOff
from apps.checklist.queries import makers_of, present_view
from apps.checklist.rules import APPROVED, OPEN, REFUSED, SUBMITTED, AssessmentView, Gate, QuestionView
from apps.checklist.rules.subjects import FIELDS
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
    """Approve or refuse, by somebody who had no part in the work.

    `decision` is approved or refused. Raises Refused for one's own work, Conflict when the assessment does not wait
    for a decision or the gate is red, Invalid for a missing reason. Approving a version's
    checklist approves its present files in the same transaction; refusing that rejects the version. Every other
    assessment is decided on for itself.
    """
    require(by, "assessment.decide", assessment.team_id)
    assessment = locked(assessment)
    _check_second_person(by, assessment)
    _check_decision(assessment, decision, reason)
    view, version = present_view(assessment), _moved_by(assessment)
    if decision == APPROVED:
        _check_gate(view.gate)
        if version is not None and not version.is_deployable:  # confirmed after an amendment, it moves nothing
            version_approve(by=by, version=version, reason=reason)
    elif version is not None:
        version_reject(by=by, version=version, reason=reason)
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
    data = {"decision": decision, **_named(assessment), "basis_digest": sign_off.basis_digest}
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
        **_subject(view),
        "answers": [_basis_of(question) for question in view.questions],
        "gate": [[item.question, item.problem] for item in view.gate.problems],
        "waivers": [[one.conflict, one.pk, one.expires_on.isoformat()] for one in view.waivers if one.is_in_force],
    }


def _subject(view: AssessmentView) -> dict[str, Any]:
    """What was decided on, under the name of its kind; of a model version with the digest of its files."""
    told: dict[str, Any] = {"id": view.subject_id, "label": view.subject_label}
    if view.version_id is not None:
        told["manifest_digest"] = view.manifest_digest
    return {FIELDS[view.subject_kind]: told}


def _basis_of(question: QuestionView) -> dict[str, Any]:
    answer = question.answer
    said: dict[str, Any] = {"text": answer.text, "reason": answer.reason} if answer else {}
    if answer is not None and answer.value:
        said["value"] = answer.value
    taken = question.taken_from
    return ({"taken_from": [taken.assessment, taken.question]} if taken else {}) | {
        "question": question.id,
        "revision": question.revision,
        "status": question.status,
        "said_digest": digest_of(said),
        "evidence": [[item.collector, item.subject_label, item.subject_digest] for item in question.evidence],
    }
