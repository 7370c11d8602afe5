"""Reading the chain itself. Who may read it is asked above, where people are known."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry, AuditHead, AuditSegment
from apps.audit.rules import CHAINED_FIELDS, GENESIS, Verdict, walk

_COLUMNS = (*CHAINED_FIELDS, "digest")
READ_AT_ONCE = 2_000
UNREADABLE = (ValueError, RecursionError, DatabaseError)  # what a row raises that holds no text, or no JSON


def as_fields(entry: AuditEntry) -> dict[str, Any]:
    """The entry as it is chained and exported: plain JSON values, the time as ISO 8601 in UTC with microseconds."""
    return _plain({name: getattr(entry, name) for name in _COLUMNS})


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    at = fields["at"]
    fields["at"] = "" if at is None else at.isoformat(timespec="microseconds")  # None: what stands there is no time
    return fields


def anchor() -> tuple[int, str]:
    """Number and digest of the entry that the chain in the database continues: the last archived one, or none."""
    found = AuditSegment.objects.values_list("last", "head").first()
    return found or (0, GENESIS)


def head() -> AuditHead | None:
    """The row that marks the chain's end; None where nothing was ever recorded, or where somebody removed it."""
    return AuditHead.objects.filter(pk=1).first()


def chain_verify() -> Verdict:
    """Walk every row in the database, and compare with the mark of the chain's end, so that a cut-off tail is found
    too. Archived segments and signed checkpoints are not looked at.

    The mark is read before and after: entries that others add during the walk are no fault.
    """
    last, digest = anchor()
    before = head()
    verdict = walk(fields_between(last + 1), start=last + 1, previous=digest)
    return with_end(before, verdict, head())


def with_end(before: AuditHead | None, verdict: Verdict, after: AuditHead | None) -> Verdict:
    """The verdict of a walk, held against the mark of the chain's end as it was before and after."""
    problem = _end_problem(before, verdict, after) if verdict.is_intact else ""
    if not problem:
        return verdict
    last_good = min(verdict.last, after.sequence if after else 0)
    return Verdict(False, verdict.rows, last_good + 1, problem, verdict.head, verdict.first)


def _end_problem(before: AuditHead | None, verdict: Verdict, after: AuditHead | None) -> str:
    if after is None:
        return "the row that marks the chain's end is missing" if verdict.rows else ""
    first, last = before.sequence if before else 0, after.sequence
    if not first <= verdict.last <= last:
        return f"the chain should end at {last if verdict.last > last else first}"
    return "" if before is None or not first or _is_marked(before) else "the mark of the chain's end differs"


def _is_marked(end: AuditHead) -> bool:
    """Whether the mark names the entry that stands there; nothing may have come since the last segment was archived."""
    if end.sequence == anchor()[0]:
        return end.digest == anchor()[1]
    return AuditEntry.objects.filter(sequence=end.sequence, digest=end.digest).exists()


def fields_between(first: int, last: int | None = None) -> Iterator[dict[str, Any]]:
    """Rows from number `first` to `last` (or the end), oldest first, as they are chained; few in memory at a time. One
    that can no longer be read, for somebody wrote into it what no text or JSON is, comes with its number alone.
    """
    rows, done = AuditEntry.objects.order_by("sequence"), first - 1
    if last is not None:
        rows = rows.filter(sequence__lte=last)
    while True:
        try:
            for fields in fields_of(rows.filter(sequence__gt=done)):
                yield fields
                done = fields["sequence"]
            return
        except UNREADABLE:
            numbers = list(rows.filter(sequence__gt=done).values_list("sequence", flat=True)[:READ_AT_ONCE])
            if not numbers:
                raise
        for done in numbers:
            yield _fields_or_number(done)


def _fields_or_number(number: int) -> dict[str, Any]:
    try:
        return next(fields_of(AuditEntry.objects.filter(pk=number)))
    except UNREADABLE:
        return {"sequence": number, "previous": "", "digest": ""}


def fields_of(rows: "QuerySet[AuditEntry]") -> Iterator[dict[str, Any]]:
    """The rows of a query as they are chained; few in memory at a time."""
    for row in rows.values(*_COLUMNS).iterator(chunk_size=READ_AT_ONCE):
        yield _plain(row)


def entries_about(subjects: Iterable[tuple[str, Iterable[int | str]]]) -> QuerySet[AuditEntry]:
    """Entries that speak of these objects: pairs of object type (`registry.modelversion`) and ids, oldest first."""
    wanted = Q(pk__in=[])
    for object_type, ids in subjects:
        wanted |= Q(object_type=object_type, object_id__in=[str(pk) for pk in ids])
    return AuditEntry.objects.filter(wanted).order_by("sequence")
