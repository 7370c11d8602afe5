"""The chain's arithmetic.

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
    """What a walk over the chain found: how many rows were read, and the first broken one where there is one.

    `first` is the number of the first row that was looked for; `head` the digest of the last good one.
    """

    is_intact: bool
    rows: int
    broken_at: int | None = None
    problem: str = ""
    head: str = GENESIS
    first: int = 1

    @property
    def last(self) -> int:
        """The number of the last row that was read; the one before `first` where none was."""
        return self.first + self.rows - 1


def entry_digest(fields: dict[str, Any]) -> str:
    """The digest of one entry; `fields` holds `CHAINED_FIELDS`, `at` as ISO 8601 text in UTC."""
    return digest_of({name: fields[name] for name in CHAINED_FIELDS})


def row_problem(entry: dict[str, Any], expected: int, previous: str) -> str:
    """Why this row cannot be number `expected` behind a row of the digest `previous`; empty if it can."""
    if entry["sequence"] != expected:
        return f"entry {expected} is missing; {entry['sequence']} follows"
    if "at" not in entry:
        return "its content can no longer be read"
    if entry["previous"] != previous:
        return "it does not continue the entry before it"
    return "" if has_its_digest(entry) else "its content no longer has its digest"


def has_its_digest(entry: dict[str, Any]) -> bool:
    """Whether an entry's digest is that of its content; content that cannot be written as canonical JSON has none."""
    try:
        return bool(entry_digest(entry) == entry["digest"])
    except (ValueError, RecursionError):
        return False


def walk(entries: Iterable[dict[str, Any]], *, start: int = 1, previous: str = GENESIS) -> Verdict:
    """Read every entry in order and name the first that is missing, altered, inserted or out of order."""
    rows = 0
    for rows, entry in enumerate(entries, start=1):
        expected = start + rows - 1
        if problem := row_problem(entry, expected, previous):
            return Verdict(False, rows, expected, problem, previous, start)
        previous = entry["digest"]
    return Verdict(True, rows, head=previous, first=start)
