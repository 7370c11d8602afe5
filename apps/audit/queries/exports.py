"""Which entries an export holds, and what a CloudEvent says it comes from."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from apps.audit.models import AuditEntry


@dataclass(frozen=True)
class Wanted:
    """Filters of an export and of the trail's pages; what is empty does not count. `until` itself is left out."""

    action: str = ""
    actor: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def in_words(self) -> dict[str, str]:
        """The filters that count, as they stand in the seals."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items() if value
        }


def entries_wanted(wanted: Wanted, rows: "QuerySet[AuditEntry] | None" = None) -> "QuerySet[AuditEntry]":
    """The entries in the database that these filters leave, of `rows` or of all; oldest first."""
    rows = AuditEntry.objects.all() if rows is None else rows
    for name in ("action", "actor", "object_type", "object_id"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    return rows.order_by("sequence")


def event_source() -> str:
    """The `source` of this portal's CloudEvents: together with an event's id it is unique."""
    return f"{settings.BASE_URL.rstrip('/')}/audit/"
