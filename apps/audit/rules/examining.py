"""Holding the chain against signed checkpoints, row by row, so that even a wholly rewritten tail is found and named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apps.audit.rules.chain import GENESIS, Verdict, row_problem
from apps.audit.rules.checkpoints import Statement

NOT_SIGNED = (
    "it is not the entry that stood here when the checkpoint of {rows} rows was signed: it was rewritten, or an entry"
    " was put in or taken out here"
)
REWRITTEN = (
    "the checkpoint of {rows} rows was signed over another entry here: one of the entries {first}–{rows} was rewritten"
)
CUT = "the checkpoint of {rows} rows was signed, but the chain ends at {last}: entries {first}–{rows} were cut off"


@dataclass(frozen=True)
class Witness:
    """A checkpoint whose signature holds, with the digests of its rows where they are kept outside the database."""

    statement: Statement
    digests: Callable[[], Iterator[bytes]] | None = None


class Signed:
    """What checkpoints say a row's digest is; asked row by row, upwards."""

    def __init__(self, witnesses: Iterable[Witness], start: int) -> None:
        known = sorted(witnesses, key=lambda witness: (witness.statement.rows, witness.digests is None))
        self._heads: dict[int, list[Statement]] = {}
        for witness in known:
            if witness.statement.rows >= start:
                self._heads.setdefault(witness.statement.rows, []).append(witness.statement)
        self.last = max(self._heads, default=0)
        self._rows = _signed_rows(known, start)
        self._next = next(self._rows, None)

    def problem(self, row: int, digest: str) -> str:
        """Why an entry of this digest cannot be the one that was signed as number `row`; empty where nothing is said
        against it.
        """
        while self._next is not None and self._next[0] < row:
            self._next = next(self._rows, None)
        if self._next is not None and self._next[0] == row and self._next[1].hex() != digest:
            return NOT_SIGNED.format(rows=self._next[2])
        for statement in self._heads.get(row, []):
            if statement.head != digest:
                return REWRITTEN.format(rows=row, first=statement.since + 1)
        return ""


def _signed_rows(witnesses: list[Witness], start: int) -> Iterator[tuple[int, bytes, int]]:
    """Number and signed digest of each row that a list outside the database names, upwards, and by which checkpoint."""
    done = start - 1
    for witness in witnesses:
        statement = witness.statement
        if witness.digests is None or statement.rows <= done:
            continue
        for row, digest in enumerate(witness.digests(), start=statement.since + 1):
            if row > done:
                yield row, digest, statement.rows
        done = statement.rows


def examine(
    entries: Iterable[dict[str, Any]],
    signed: Signed,
    *,
    start: int = 1,
    previous: str = GENESIS,
    on_row: Callable[[int], None] | None = None,
) -> Verdict:
    """Read every entry in order, as `walk` does, and hold each against what was signed. The verdict names the first
    that is missing, altered, inserted, out of order or cut off. `on_row` is told how many were read.
    """
    rows = 0
    for rows, entry in enumerate(entries, start=1):
        expected = start + rows - 1
        problem = signed.problem(expected, entry["digest"]) if entry["sequence"] == expected else ""
        if problem := problem or row_problem(entry, expected, previous):
            return Verdict(False, rows, expected, problem, previous, start)
        previous = entry["digest"]
        if on_row is not None:
            on_row(rows)
    last = start + rows - 1
    if signed.last > last:
        problem = CUT.format(rows=signed.last, last=last, first=last + 1)
        return Verdict(False, rows, last + 1, problem, previous, start)
    return Verdict(True, rows, head=previous, first=start)
