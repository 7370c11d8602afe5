"""Snapshots, documents and checks that a guest asks for, within the room: through the services of everybody's."""

from collections.abc import Sequence

from apps.auditors.queries.documents import open_runs, snapshot_of, subject_of
from apps.auditors.queries.room import Room
from apps.core.errors import Conflict, Invalid
from apps.reports.models import ReadinessRun, ReportRun, SnapshotRun
from apps.reports.rules.documents.chosen import Chosen
from apps.reports.services.documents import document_start
from apps.reports.services.readiness import readiness_start
from apps.reports.services.snapshots import snapshot_start

MOST_OPEN = 5  # snapshots, documents and checks of one guest at a time


def room_snapshot_take(*, room: Room, subject: tuple[str, int], label: str, reason: str) -> SnapshotRun:
    """Queue a snapshot of one thing of the room. Raises as `snapshot_start` does; Conflict where too many wait."""
    _check_open(room)
    return snapshot_start(by=room.auditor, subject=subject_of(room, *subject), label=label, reason=reason)


def room_document_make(
    *,
    room: Room,
    document: str,
    subject: tuple[str, int] | None = None,
    snapshot: int | None = None,
    audience: str = "",
    is_simplified: bool = False,
    documents: Sequence[Chosen] | None = None,
) -> ReportRun:
    """Queue a document about one thing of the room as it is now, or from one of its snapshots; an audit pack with the
    chosen `documents`, else with all of them. Raises as `document_start` does, Conflict where too many are queued.
    """
    _check_open(room)
    if (subject is None) == (snapshot is None):
        raise Invalid("Name either a thing or a snapshot.", code="document.subject")
    return document_start(
        by=room.auditor,
        document=document,
        subject=subject_of(room, *subject) if subject is not None else None,
        snapshot=snapshot_of(room, snapshot) if snapshot is not None else None,
        audience=audience,
        is_simplified=is_simplified,
        documents=documents,
    )


def room_readiness_look(*, room: Room, subject: tuple[str, int]) -> ReadinessRun:
    """Queue a check of what the documents about one thing of the room would lack. Raises as `readiness_start` does;
    Conflict where too many wait.
    """
    _check_open(room)
    return readiness_start(by=room.auditor, subject=subject_of(room, *subject))


def _check_open(room: Room) -> None:
    if open_runs(room) >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} of your snapshots, documents and checks are at work.",
            code="audit_room.busy",
            remedy="Wait until one of them is ready.",
        )
