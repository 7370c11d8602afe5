"""What a decision is taken on, written down so that anybody can compute its digest again."""

from typing import Any

from apps.checklist.rules import AssessmentView, QuestionView
from apps.checklist.rules.subjects import FIELDS
from apps.core.canonical import digest_of


def basis_of(view: AssessmentView) -> dict[str, Any]:
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
        "policy": _policy(view),
        "rules": [outcome.as_input() for outcome in view.outcomes],
        "waivers": [[one.conflict, one.pk, one.expires_on.isoformat()] for one in view.waivers if one.is_in_force],
    }


def _subject(view: AssessmentView) -> dict[str, Any]:
    """What was decided on, under the name of its kind; of a model version with the digest of its files."""
    told: dict[str, Any] = {"id": view.subject_id, "label": view.subject_label}
    if view.version_id is not None:
        told["manifest_digest"] = view.manifest_digest
    return {FIELDS[view.subject_kind]: told}


def _policy(view: AssessmentView) -> dict[str, Any]:
    """Which revision of which policy was read, and whose sign-offs counted for it before this one."""
    if view.policy is None:
        return {}
    return {
        "id": view.policy.pk,
        "label": view.policy.label,
        "name": view.policy.name,
        "revision": view.policy.revision,
        "digest": view.policy.policy.digest,
        "signed": [[one.decided_by_id, list(one.roles), one.basis_digest] for one in view.signed],
    }


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
