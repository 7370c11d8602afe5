"""Reading the trail. Who may read it is asked above, where people are known."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry, AuditHead
from apps.audit.rules import CHAINED_FIELDS, Verdict, walk


def as_fields(entry: AuditEntry) -> dict[str, Any]:
    """The entry as it is chained and exported: plain JSON values, the time as ISO 8601 in UTC with microseconds."""
    fields = {name: getattr(entry, name) for name in CHAINED_FIELDS}
    return fields | {"at": entry.at.isoformat(timespec="microseconds"), "digest": entry.digest}


def chain_verify() -> Verdict:
    """Walk every row from the first, and compare the last with the head, so that a cut-off tail is found too."""
    verdict = walk(_all_fields())
    if not verdict.is_intact:
        return verdict
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        if verdict.rows == 0:
            return verdict
        return Verdict(False, verdict.rows, 1, "the row that marks the chain's end is missing", verdict.head)
    if head.sequence != verdict.rows:
        return Verdict(False, verdict.rows, verdict.rows + 1, f"the chain should end at {head.sequence}", verdict.head)
    if head.digest != verdict.head:
        return Verdict(False, verdict.rows, verdict.rows, "the mark of the chain's end differs", verdict.head)
    return verdict


def _all_fields() -> Iterator[dict[str, Any]]:
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2_000):
        yield as_fields(entry)


def entries_about(subjects: Iterable[tuple[str, Iterable[int | str]]]) -> QuerySet[AuditEntry]:
    """Entries that speak of these objects: pairs of object type (`registry.modelversion`) and ids, oldest first."""
    wanted = Q(pk__in=[])
    for object_type, ids in subjects:
        wanted |= Q(object_type=object_type, object_id__in=[str(pk) for pk in ids])
    return AuditEntry.objects.filter(wanted).order_by("sequence")
