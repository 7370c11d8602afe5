"""The one way into the trail. There is no switch that turns it off."""

from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, AuditHead
from apps.audit.queries import as_fields
from apps.audit.rules import GENESIS, entry_digest
from apps.core.prepared import PreparedOne
from apps.core.statements import insert_statement, insert_values, prepared_cursor

WORKER, SYSTEM = "worker", "system"
_MOVE_HEAD = "UPDATE audit_audithead SET sequence = %s, digest = %s WHERE id = 1"
_HEAD = PreparedOne(lambda: AuditHead.objects.select_for_update().filter(pk=1))


def actor_of(by: Any) -> str:
    """How the trail names who acted: a user by number, never by name or address; otherwise the word given."""
    return by if isinstance(by, str) else f"user:{by.pk}"


def record(
    *,
    action: str,
    obj: models.Model,
    by: Any,
    team_id: int | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry in the caller's transaction: it stands if and only if the write it speaks of stands.

    `by` is a user, `WORKER` or `SYSTEM`. `data` must be JSON without secrets or personal data. Raises
    TransactionManagementError outside a transaction.
    """
    _require_transaction()
    head = _locked_head()
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor=actor_of(by),
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=str(getattr(obj, "trail_label", obj))[:200],
        team_id=team_id if team_id is not None else getattr(obj, "team_id", None),
        reason=reason,
        data=_plain(data or {}),
        previous=head.digest,
    )
    entry.digest = entry_digest(as_fields(entry))
    _append(entry)
    return entry


def _append(entry: AuditEntry) -> None:
    """Write the entry and move the chain's end to it; PostgreSQL is told both in one statement."""
    insert, values = insert_statement(AuditEntry), insert_values(entry)
    end: list[Any] = [entry.sequence, entry.digest]
    with prepared_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH entry AS ({insert}) {_MOVE_HEAD}", [*values, *end])
        else:
            cursor.execute(insert, values)
            cursor.execute(_MOVE_HEAD, end)
    entry._state.adding, entry._state.db = False, connection.alias


def _plain(value: Any) -> Any:
    """Whole-number floats as integers: PostgreSQL's jsonb keeps numbers as decimals and would give them back so."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() must stand in the transaction of the write it records")


def _locked_head() -> AuditHead:
    """The chain's end, locked until the transaction ends (SQLite: the whole database is, by BEGIN IMMEDIATE)."""
    head = _HEAD.found(AuditHead)
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(id=1, sequence=0, digest=GENESIS)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head
