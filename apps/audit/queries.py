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
    """Walk every row from the first, and compare with the mark of the chain's end, so that a cut-off tail is found too.

    The mark is read before and after: entries that others add during the walk are no fault.
    """
    before = _head()
    verdict = walk(_all_fields())
    after = _head()
    problem = _end_problem(before, verdict.rows, after) if verdict.is_intact else ""
    if not problem:
        return verdict
    last_good = min(verdict.rows, after.sequence if after else 0)
    return Verdict(False, verdict.rows, last_good + 1, problem, verdict.head)


def _head() -> AuditHead | None:
    return AuditHead.objects.filter(pk=1).first()


def _end_problem(before: AuditHead | None, rows: int, after: AuditHead | None) -> str:
    if after is None:
        return "the row that marks the chain's end is missing" if rows else ""
    first, last = before.sequence if before else 0, after.sequence
    if not first <= rows <= last:
        return f"the chain should end at {last if rows > last else first}"
    marked = AuditEntry.objects.filter(sequence=first, digest=before.digest).exists() if before and first else True
    return "" if marked else "the mark of the chain's end differs"


def _all_fields() -> Iterator[dict[str, Any]]:
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2_000):
        yield as_fields(entry)


def entries_about(subjects: Iterable[tuple[str, Iterable[int | str]]]) -> QuerySet[AuditEntry]:
    """Entries that speak of these objects: pairs of object type (`registry.modelversion`) and ids, oldest first."""
    wanted = Q(pk__in=[])
    for object_type, ids in subjects:
        wanted |= Q(object_type=object_type, object_id__in=[str(pk) for pk in ids])
    return AuditEntry.objects.filter(wanted).order_by("sequence")
