"""Answers, evidence, gates and decisions of an assessment, as a snapshot holds them."""

from typing import Any

from apps.checklist.rules import (
    AnswerView,
    EvidenceView,
    Framework,
    GateItem,
    QuestionView,
    SignOffView,
    WaiverView,
)
from apps.reports.queries.words import display_name, moment, without_paths


def framework_facts(used: Framework) -> dict[str, Any]:
    """Which framework it is, and who wrote it."""
    return {
        "urn": used.urn,
        "version": used.version,
        "title": used.title,
        "summary": used.summary,
        "source": {"author": used.source.author, "title": used.source.title, "url": used.source.url},
        "copyright": used.copyright,
    }


def gap_facts(item: GateItem) -> dict[str, str]:
    """One reason against approval."""
    return {"question": item.question, "problem": item.problem, "remedy": item.remedy}


def question_facts(view: QuestionView) -> dict[str, Any]:
    """A question with its answer, the evidence behind it, and what stands against it."""
    return {
        "id": view.id,
        "text": view.question.text,
        "minimum_status": view.question.minimum_status,
        "status": view.status,
        "is_stale": view.is_stale,
        "answer": None if view.answer is None else _answer(view.answer) | _taken(view),
        "gaps": [gap_facts(item) for item in view.problems],
        "found_since": [finding.summary for finding in view.uncollected],
    }


def _taken(view: QuestionView) -> dict[str, str]:
    """Where the answer was given, if not to this very question."""
    taken = view.taken_from
    if taken is None or view.answer is None:
        return {}
    place = f"{taken.framework}, {taken.question}, of {taken.subject_label}"
    return {"how_known": f"{view.answer.status_label}; taken over from {place}", "taken_from": place}


def _answer(view: AnswerView) -> dict[str, Any]:
    return {
        "revision": view.revision,
        "status": view.status,
        "stated": view.stated,
        "how_known": view.how_known if "@" not in view.how_known else view.status_label,
        "text": view.text,
        "reason": view.reason,
        "answered_by": display_name(view.answered_by),
        "answered_at": moment(view.answered_at),
        "stale_because": list(view.stale_because),
        "evidence": [_evidence(item) for item in view.evidence],
    }


def _evidence(view: EvidenceView) -> dict[str, Any]:
    return {
        "id": view.pk,
        "collector": view.collector,
        "title": view.title,
        "status": view.status,
        "method": view.method,
        "summary": view.summary,
        "value": without_paths(view.value),
        "subject_type": view.subject_type,
        "subject_id": view.subject_id,
        "subject_label": view.subject_label,
        "subject_digest": view.subject_digest,
        "collected_at": moment(view.collected_at),
        "given_by": display_name(view.given_by),
        "stale_because": view.stale_because,
    }


def sign_off_facts(view: SignOffView) -> dict[str, Any]:
    """One decision, and what it was taken on."""
    return {
        "decision": view.decision,
        "reason": view.reason,
        "decided_by": {"id": f"user:{view.decided_by_id}", "name": display_name(view.decided_by)},
        "decided_at": moment(view.decided_at),
        "basis_digest": view.basis_digest,
        "is_final": view.is_final,
        "policy": {"label": view.policy_label, "digest": view.policy_digest},
    }


def waiver_facts(view: WaiverView) -> dict[str, Any]:
    """One waiver with its reason and its end."""
    return {
        "conflict": view.conflict,
        "question": view.question,
        "kind": view.kind,
        "sentence": view.sentence,
        "reason": view.reason,
        "expires_on": view.expires_on.isoformat(),
        "granted_by": {"id": f"user:{view.granted_by_id}", "name": display_name(view.granted_by)},
        "granted_at": moment(view.granted_at),
        "revoked_by": display_name(view.revoked_by),
        "revoked_at": moment(view.revoked_at),
        "revoked_because": view.revoked_because,
        "state": view.state,
    }
