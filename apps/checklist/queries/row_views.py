"""Rows of answers, evidence and decisions as plain values."""

from datetime import date

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import APPROVER
from apps.checklist.models import Answer, Evidence, SignOff, Waiver
from apps.checklist.queries.cited import CITES, cited_view
from apps.checklist.rules import AnswerView, EvidenceView, Known, SignOffView, WaiverView, waiver_state
from apps.checklist.rules.findings import PLACE
from apps.checklist.rules.statements import stale_because
from apps.registry.models import RegisteredModel

# Answers whose views are made are read with this.
WITH_EVIDENCE = Prefetch(
    "evidence", queryset=Evidence.objects.select_related("given_by").prefetch_related(CITES), to_attr="pieces"
)
_PLACES = {RegisteredModel._meta.label_lower: "registry:model-describe"}


def answer_view(answer: Answer, basis: str, known: Known, on: date | None = None) -> AnswerView:
    """An answer as it stands on a day (today): `basis` is what a statement made now would speak of."""
    present = known.digest_by_subject
    return AnswerView(
        pk=answer.pk,
        revision=answer.revision,
        status=answer.status,
        stated=answer.stated,
        text=answer.text,
        reason=answer.reason,
        answered_by=str(answer.answered_by or ""),
        answered_by_id=answer.answered_by_id,
        answered_at=answer.answered_at,
        evidence=tuple(evidence_view(item, present, on) for item in _pieces(answer)),
        is_statement_outdated=bool(answer.stated) and answer.stated_on != basis,
        value=answer.value,
    )


def _pieces(answer: Answer) -> list[Evidence]:
    """The evidence as it was read with `WITH_EVIDENCE`: a query set for each of hundreds of answers costs more than
    all else that is done with them."""
    found: list[Evidence] = answer.pieces  # type: ignore[attr-defined] # set by the prefetch
    return found


def evidence_view(item: Evidence, present: dict[tuple[str, str, str], str], on: date | None = None) -> EvidenceView:
    """A piece of evidence, and whether it still holds: what was collected against the `present` digests, what cites
    the library against the day.
    """
    subject = (item.collector, item.subject_type, item.subject_id)
    cited = cited_view(item.cites, on or timezone.localdate()) if item.cites is not None else None
    stale = cited.standing.outdated_because if cited else ""
    return EvidenceView(
        pk=item.pk,
        collector=item.collector,
        status=item.status,
        method=item.method,
        summary=item.summary,
        value=item.value,
        subject_type=item.subject_type,
        subject_id=item.subject_id,
        subject_label=item.subject_label,
        subject_digest=item.subject_digest,
        collected_at=item.collected_at,
        given_by=str(item.given_by or ""),
        stale_because=stale or stale_because(subject, item.subject_digest, item.subject_label, present),
        page=_page_of(item),
        cited=cited,
    )


def _page_of(item: Evidence) -> str:
    """The page where what a piece of evidence asks for is said; empty where it asks for nothing."""
    place = item.value.get(PLACE)
    name = _PLACES.get(place["type"]) if item.collector and place else None
    return reverse(name, args=[place["id"]]) if name and place else ""


def sign_off_view(row: SignOff) -> SignOffView:
    """A decision. Before policies were data, approvers alone decided."""
    return SignOffView(
        pk=row.pk,
        decision=row.decision,
        reason=row.reason,
        decided_by=str(row.decided_by),
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        basis_digest=row.basis_digest,
        policy_digest=row.policy_digest,
        policy_label=row.basis.get("policy", {}).get("label", ""),
        roles=tuple(row.roles) or (APPROVER,),
        is_final=row.is_final,
    )


def waiver_view(row: Waiver, on: date) -> WaiverView:
    """A waiver as it stands on a day."""
    return WaiverView(
        pk=row.pk,
        conflict=row.conflict,
        question=row.question,
        sentence=row.sentence,
        reason=row.reason,
        expires_on=row.expires_on,
        granted_by=str(row.granted_by),
        granted_by_id=row.granted_by_id,
        granted_at=row.granted_at,
        revoked_by=str(row.revoked_by or ""),
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
        state=waiver_state(row.expires_on, row.revoked_at is not None, on),
        kind=row.kind,
    )
