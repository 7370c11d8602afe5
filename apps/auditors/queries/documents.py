"""Snapshots and documents of a room: those about its things, and what more can be made."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from apps.auditors.queries.room import MISSING, Room
from apps.core.errors import NotFound
from apps.core.rules import OPEN, SUCCEEDED
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.kinds import Kind, kinds_about
from apps.reports.queries.subjects import Subject, subject_seen
from apps.reports.rules.documents.spec import AUDIT_PACK, DATASET, DEPLOYMENT, INCIDENT, SUBJECTS, SYSTEM, VERSION

MOST_LISTED = 40


@dataclass(frozen=True)
class About:
    """One thing that documents of the room can be about."""

    kind: str
    pk: int
    label: str

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        return SUBJECTS[self.kind]

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.pk}"

    @property
    def kinds(self) -> list[Kind]:
        """The documents that can be made about it."""
        return kinds_about(self.kind)


def subjects_of(room: Room) -> list[About]:
    """What documents of the room can be about, the system first."""
    rows: list[tuple[str, Model]] = [(SYSTEM, room.system)]
    for kind, some in _rows_of(room).items():
        rows += [(kind, row) for row in some[:MOST_LISTED]]
    return [About(kind, row.pk, str(row)[:300]) for kind, row in rows]


def _rows_of(room: Room) -> dict[str, QuerySet[Any]]:
    return {
        VERSION: room.versions,
        DEPLOYMENT: room.deployments,
        DATASET: room.datasets,
        INCIDENT: room.incidents,
    }


def _is_about(room: Room) -> Q:
    """Which rows of snapshots, documents and their runs belong to the room."""
    wanted = Q(subject_kind=SYSTEM, subject_id=room.system.pk)
    for kind, rows in _rows_of(room).items():
        wanted |= Q(subject_kind=kind, subject_id__in=list(rows.order_by().values_list("pk", flat=True)))
    return wanted & Q(team_id=room.grant.team_id)


def subject_of(room: Room, kind: str, pk: int) -> Subject:
    """One thing of the room. Raises NotFound for any other."""
    is_here = pk == room.system.pk if kind == SYSTEM else kind in SUBJECTS and _has(room, kind, pk)
    if not is_here:
        raise NotFound(MISSING)
    return subject_seen(room.auditor, kind, pk)


def _has(room: Room, kind: str, pk: int) -> bool:
    return bool(_rows_of(room)[kind].filter(pk=pk).exists())


def snapshots_of(room: Room) -> QuerySet[Snapshot]:
    """Snapshots of the room's things, newest first."""
    return Snapshot.objects.filter(_is_about(room)).select_related("taken_by")


def runs_of(room: Room) -> QuerySet[ReportRun]:
    """Whatever was made about the room's things, newest first."""
    rows = ReportRun.objects.filter(_is_about(room)).select_related("created_by", "version__model", "snapshot")
    return rows.defer("log")


def documents_of(room: Room) -> QuerySet[ReportRun]:
    """Documents about the room's things, newest first. None of the audit packs of former days, which were made from no
    snapshot: they quote rows of evaluation data word for word, for people of the house.
    """
    return runs_of(room).exclude(document=AUDIT_PACK, snapshot=None, state=SUCCEEDED)


def snapshot_of(room: Room, pk: int) -> Snapshot:
    """One snapshot of the room. Raises NotFound."""
    found = snapshots_of(room).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def document_of(room: Room, pk: int) -> ReportRun:
    """One document of the room. Raises NotFound."""
    found = documents_of(room).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def snapshots_under_way(room: Room) -> list[SnapshotRun]:
    """Snapshots that are being taken, or could not be."""
    rows = SnapshotRun.objects.filter(_is_about(room), snapshot=None, created_by=room.guest)
    return list(rows.order_by("-created_at", "-pk")[:5])


def open_runs(room: Room) -> int:
    """How many snapshots, documents and checks of this guest's are waiting or being made."""
    mine = {"created_by": room.guest, "state__in": OPEN}
    return sum(model.objects.filter(**mine).count() for model in (SnapshotRun, ReportRun, ReadinessRun))
