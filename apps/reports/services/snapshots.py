"""Freezing what is on record about one thing: asked for by a person, taken by a worker, never changed afterwards."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import WORKER, record
from apps.audit.services.checkpoints import checkpoint_make
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.frozen import FORMAT, freeze
from apps.reports.queries.frozen.trail import proven_again
from apps.reports.queries.organisation import organisation_told
from apps.reports.queries.subjects import Subject, kind_of_subject, subject_of
from apps.reports.rules.documents.period import read_period
from apps.reports.rules.pack import pretty_json

logger = logging.getLogger(__name__)
OnProgress = Callable[[float, str], None]
LONGEST_LABEL = 300


@dataclass(frozen=True)
class Frozen:
    """The JSON of a snapshot before it is stored, when it was taken, and why."""

    content: bytes
    at: datetime
    reason: str


def about(subject: Subject) -> dict[str, Any]:
    """The fields of a row that say what it is about."""
    return {
        "team_id": subject.team_id,
        "subject_kind": kind_of_subject(subject),
        "subject_id": subject.pk,
        "subject_label": str(subject)[:LONGEST_LABEL],
    }


@transaction.atomic
def snapshot_start(*, by: User, subject: Subject, label: str, reason: str) -> SnapshotRun:
    """Queue a snapshot of everything on record about a thing. Raises Invalid without a name or a reason, Conflict while
    another one of the same thing is being taken.
    """
    require(by, "snapshot.take", subject.team_id)
    label, reason = label.strip(), reason.strip()
    if not label:
        raise Invalid("Give the snapshot a name by which people find it again.", code="snapshot.label")
    if not reason:
        raise Invalid("Say why it is taken; the reason is kept with it.", code="reason.missing")
    in_turn(subject.team_id)
    named = about(subject)
    same = {name: named[name] for name in ("subject_kind", "subject_id")}
    if SnapshotRun.objects.filter(**same, state__in=run_rules.OPEN).exists():
        raise Conflict(
            f"A snapshot of {subject} is being taken already.", code="snapshot.open", remedy="Wait until it is ready."
        )
    run = SnapshotRun.objects.create(**named, label=label[:120], reason=reason, created_by=by)
    record(action="snapshot.start", obj=run, by=by, reason=reason, data=same | {"label": run.label})
    enqueue(run)
    return run


def snapshot_make(*, run: SnapshotRun, on_progress: OnProgress) -> None:
    """Take a claimed run's snapshot."""
    on_progress(0.0, "Reading the record")
    frozen = frozen_now(run, run.reason)
    on_progress(0.9, "Storing it")
    snapshot_finish(run=run, frozen=frozen)


def frozen_now(run: SnapshotRun | ReportRun | ReadinessRun, reason: str) -> Frozen:
    """Everything on record about a run's subject at this moment. Outside of a readiness check, each entry of the trail
    in it stands under a signed checkpoint: what others recorded between signing and reading is signed afterwards.
    """
    is_kept = not isinstance(run, ReadinessRun)
    if is_kept:
        _sign_trail()
    subject, at = subject_of(run.subject_kind, run.subject_id), timezone.now()
    period = read_period(run.config.get("period"))
    since = period.begin if period else None
    told = freeze(subject, by=run.created_by, at=at, reason=reason, organisation=organisation_told(), since=since)
    if is_kept and told["audit_trail"]["proof"]["unsigned"]:
        _sign_trail()
        told["audit_trail"] = proven_again(told["audit_trail"])
    return Frozen(pretty_json(told), at, reason)


def _sign_trail() -> None:
    """Let a signed checkpoint stand over every entry that the snapshot will hold. A trail that was changed is not
    signed: then the snapshot itself says what is wrong with the chain, and no pack is made from it.
    """
    try:
        checkpoint_make(by=WORKER)
    except Conflict as broken:
        logger.warning("The trail is not signed for a snapshot: %s", broken.code)


@transaction.atomic
def snapshot_finish(*, run: SnapshotRun, frozen: Frozen) -> None:
    """Store a snapshot and end the run that took it."""
    snapshot = snapshot_take(run=run, frozen=frozen, label=run.label)
    told = {"snapshot": snapshot.pk, "digest": snapshot.digest, "size": snapshot.size}
    run.end(run_rules.SUCCEEDED, snapshot=snapshot, result=told, message="Snapshot taken")


@transaction.atomic
def snapshot_take(*, run: SnapshotRun | ReportRun, frozen: Frozen, label: str) -> Snapshot:
    """Store the JSON of a snapshot by its digest, and put the digest into the trail."""
    stored = storage.put(BytesIO(frozen.content))
    snapshot = Snapshot.objects.create(
        team_id=run.team_id,
        subject_kind=run.subject_kind,
        subject_id=run.subject_id,
        subject_label=run.subject_label,
        label=label,
        reason=frozen.reason,
        format=FORMAT,
        digest=stored.digest,
        size=stored.size,
        taken_by=run.created_by,
        taken_at=frozen.at,
    )
    data = {"digest": stored.digest, "subject_kind": run.subject_kind, "subject_id": run.subject_id}
    record(action="snapshot.take", obj=snapshot, by=WORKER, reason=frozen.reason, data=data)
    return snapshot
