"""The trail's arithmetic: the chain, its signed checkpoints, sealed extracts, and the database's guards."""

from apps.audit.rules.chain import CHAINED_FIELDS, GENESIS, Verdict, entry_digest, has_its_digest, walk
from apps.audit.rules.guards import TABLE, archive_guard_statements, guard_statements, unguard_statements

__all__ = [
    "CHAINED_FIELDS",
    "GENESIS",
    "TABLE",
    "Verdict",
    "archive_guard_statements",
    "entry_digest",
    "guard_statements",
    "has_its_digest",
    "unguard_statements",
    "walk",
]
