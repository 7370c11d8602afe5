"""Reading snapshots: which there are, what one holds, and what differs between two."""

import json
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from apps.reports.models import Snapshot
from apps.reports.rules.comparing import Comparison, compare
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.pack import sha256

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

LARGEST_COMPARED = 16 * 1024 * 1024  # bytes of two snapshots together: read and compared in about 0.3 s


def snapshots_seen_by(user: "User | AnonymousUser") -> QuerySet[Snapshot]:
    """Snapshots of the person's teams, newest first."""
    return Snapshot.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("team", "taken_by")


def snapshots_listed_for(user: "User | AnonymousUser", search: str = "") -> QuerySet[Snapshot]:
    """The list of snapshots, each with how many documents were made from it; `search` looks into their names."""
    rows = snapshots_seen_by(user).annotate(made=Count("documents")).order_by("-taken_at", "-pk")
    return rows.filter(Q(label__icontains=search) | Q(subject_label__icontains=search)) if search else rows


def snapshots_about(user: "User | AnonymousUser", kind: str, pk: int) -> QuerySet[Snapshot]:
    """Snapshots of one thing that the person sees, newest first."""
    return snapshots_seen_by(user).filter(subject_kind=kind, subject_id=pk)


def snapshot_seen(user: "User | AnonymousUser", pk: int) -> Snapshot:
    """One snapshot. Raises NotFound when it is not there or not to be seen."""
    found = snapshots_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such snapshot, or you may not see it.")
    return found


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """The JSON as it was stored. Raises Conflict where its bytes are no longer those of its digest."""
    with storage.open(snapshot.digest) as stream:
        content = stream.read()
    if sha256(content) != snapshot.digest:
        raise Conflict(
            f"The stored bytes of {snapshot} were changed; nothing is made from them.",
            code="snapshot.tampered",
            remedy="Bring the file back from a copy you trust; its name in the storage is its digest.",
        )
    return content


def snapshot_facts(snapshot: Snapshot) -> Facts:
    """What a snapshot says, under the names that documents use."""
    return Facts(json.loads(snapshot_bytes(snapshot)))


def in_order(one: Snapshot, other: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Two snapshots, the older one first."""
    first, second = sorted((one, other), key=lambda row: (row.taken_at, row.pk))
    return first, second


def comparison_of(before: Snapshot, after: Snapshot, *, most: int = LARGEST_COMPARED) -> Comparison:
    """What differs between two snapshots of the same thing. Raises Invalid for snapshots of different things, Conflict
    where they hold more than `most` bytes together.
    """
    if (before.subject_kind, before.subject_id) != (after.subject_kind, after.subject_id):
        raise Invalid(
            f"{before} is about {before.subject_label}, {after} about {after.subject_label}.",
            code="snapshot.other_subject",
            remedy="Compare two snapshots of one thing.",
        )
    if before.size + after.size > most:
        raise Conflict(
            f"{before} and {after} are too large to be compared while somebody waits.",
            code="snapshot.too_large",
            remedy=f"Whoever runs the portal can: manage.py snapshot_compare {before.pk} {after.pk}",
        )
    return compare(json.loads(snapshot_bytes(before)), json.loads(snapshot_bytes(after)))
