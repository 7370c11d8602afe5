"""The chain's arithmetic and the database's guards, without Django.

Each entry's digest is SHA-256 over the canonical JSON (see `apps.core.canonical`) of all its other fields, the
previous entry's digest among them. The first entry's `previous` is 64 zeros.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.core.canonical import digest_of

GENESIS = "0" * 64
CHAINED_FIELDS = (
    "sequence",
    "at",
    "actor",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "team_id",
    "reason",
    "data",
    "previous",
)


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found: how many rows were read, and the first broken one where there is one."""

    is_intact: bool
    rows: int
    broken_at: int | None = None
    problem: str = ""
    head: str = GENESIS


def entry_digest(fields: dict[str, Any]) -> str:
    """The digest of one entry; `fields` holds `CHAINED_FIELDS`, `at` as ISO 8601 text in UTC."""
    return digest_of({name: fields[name] for name in CHAINED_FIELDS})


def walk(entries: Iterable[dict[str, Any]], *, start: int = 1, previous: str = GENESIS) -> Verdict:
    """Read every entry in order and name the first that is missing, altered, inserted or out of order."""
    rows = 0
    for rows, entry in enumerate(entries, start=1):
        expected = start + rows - 1
        if entry["sequence"] != expected:
            return Verdict(False, rows, expected, f"entry {expected} is missing; {entry['sequence']} follows", previous)
        if entry["previous"] != previous:
            return Verdict(False, rows, expected, "it does not continue the entry before it", previous)
        if entry_digest(entry) != entry["digest"]:
            return Verdict(False, rows, expected, "its content no longer has its digest", previous)
        previous = entry["digest"]
    return Verdict(True, rows, head=previous)


TABLE = "audit_auditentry"


def guard_statements(vendor: str) -> list[str]:
    """SQL that makes the database refuse update and delete (and PostgreSQL's TRUNCATE) on the trail."""
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail can only be appended to'; END $$",
            f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
            f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
        ]
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail can only be appended to'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    raise ValueError(f"the audit trail cannot be guarded on {vendor}")


def unguard_statements(vendor: str) -> list[str]:
    """SQL that takes the guards away: for migrations backwards and for emptying a test database."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in ("audit_no_change", "audit_no_truncate")]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_update", "audit_no_delete")]
