"""Every write about documents, snapshots and audit packs."""

from apps.reports.services.documents import Press, document_finish, document_make, document_snapshot, document_start
from apps.reports.services.packs import pack_finish, pack_make
from apps.reports.services.readiness import readiness_finish, readiness_make, readiness_start
from apps.reports.services.snapshots import snapshot_finish, snapshot_make, snapshot_start, snapshot_take

__all__ = [
    "Press",
    "document_finish",
    "document_make",
    "document_snapshot",
    "document_start",
    "pack_finish",
    "pack_make",
    "readiness_finish",
    "readiness_make",
    "readiness_start",
    "snapshot_finish",
    "snapshot_make",
    "snapshot_start",
    "snapshot_take",
]
