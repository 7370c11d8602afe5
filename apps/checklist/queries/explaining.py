"""The gate with its full explanation, as plain values: what the API, the page and `gate_check` tell alike."""

from typing import Any

from apps.checklist.queries.previewing import Foreseen, Preview
from apps.checklist.rules import AssessmentView, SignOffView
from apps.checklist.rules.policies import InForce, missing
from apps.checklist.rules.policies.outcomes import Figure, Reason, RuleOutcome


def gate_explained(view: AssessmentView) -> dict[str, Any]:
    """Whether the version may be approved, by which policy, and what became of each of its rules."""
    return {
        "is_green": view.gate.is_green,
        "assessment": view.pk,
        "version": view.version_id,
        "subject": view.subject_label,
        "framework": view.framework.urn,
        "state": view.state,
        "is_approval_current": view.is_approval_current,
        "policy": policy_told(view),
        "rules": [_rule(outcome) for outcome in view.outcomes],
        "problems": list(view.gate.problems),
        "sign_offs": [_signed(one) for one in view.signed],
        "sign_offs_missing": sign_offs_missing(view),
    }


def sign_offs_missing(view: AssessmentView) -> int:
    """How many sign-offs the policy still asks for."""
    signers = view.policy.policy.signers if view.policy else ()
    return missing(signers, [frozenset(one.roles) for one in view.signed])


def policy_told(view: AssessmentView) -> dict[str, Any] | None:
    """Which policy holds; its id is None for the one that comes with the product."""
    return _told(view.policy) if view.policy else None


def _told(used: InForce) -> dict[str, Any]:
    return {
        "id": used.pk,
        "title": used.policy.title,
        "name": used.name,
        "revision": used.revision,
        "digest": used.policy.digest,
    }


def preview_told(preview: Preview) -> dict[str, Any]:
    """What a policy would make of the gates of versions, beside what they are now."""
    return {
        "digest": preview.policy.digest,
        "looked_at": len(preview.rows) + preview.others,
        "is_cut": preview.is_cut,
        "keep_another_policy": preview.others,
        "unknown_suites": list(preview.unknown_suites),
        "versions": [_foreseen(row) for row in preview.rows],
    }


def _foreseen(row: Foreseen) -> dict[str, Any]:
    return {
        "version": row.view.version_id,
        "subject": row.view.subject_label,
        "assessment": row.view.pk,
        "change": row.change,
        "is_green_now": row.view.gate.is_green,
        "is_green": row.gate.is_green,
        "is_approval_current_now": row.view.is_approval_current,
        "is_approval_current": row.is_approval_current,
        "sign_offs_missing": row.sign_offs_missing,
        "policy": _told(row.used),
        "rules": [_rule(outcome) for outcome in row.outcomes],
        "problems": list(row.gate.problems),
    }


def _rule(outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "rule": outcome.rule.text,
        "key": outcome.rule.key,
        "because": outcome.rule.because,
        "asks": outcome.asks,
        "outcome": outcome.outcome,
        "says": outcome.says,
        "waived_until": outcome.until,
        "never_waived_because": outcome.never_waived_because,
        "remedies": list(outcome.remedies),
        "figures": [_figure(one) for one in outcome.figures],
        "reasons": [_reason(one) for one in outcome.reasons],
        "digests": _digests(outcome.digests),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "label": figure.label,
        "value": figure.value,
        "threshold": figure.threshold,
        "page": figure.page,
        "digests": _digests(figure.digests),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    item = reason.item
    return {
        "question": item.question,
        "kind": item.kind,
        "problem": item.problem,
        "remedy": item.remedy,
        "page": item.page,
        "key": item.key,
        "waived_until": reason.until,
        "never_waived_because": item.never_waived_because,
    }


def _digests(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"subject": subject, "digest": digest} for subject, digest in pairs]


def _signed(one: SignOffView) -> dict[str, Any]:
    return {"id": one.pk, "by": one.decided_by, "roles": list(one.roles), "at": one.decided_at}
