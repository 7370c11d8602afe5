"""Counts of what was found by kind and column, with masked samples and rows, bounded whatever the table holds."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

STATE = "findings.json"


@dataclass(frozen=True)
class Finding:
    """All matches of one sort in one column. ``count`` and ``rows`` are exact; both lists are cut to a limit."""

    entity: str
    column: str
    count: int
    rows: int  # rows with at least one match
    row_indices: tuple[int, ...]  # from 0, ascending, the first ones
    samples: tuple[str, ...]  # masked, distinct

    def told(self) -> dict[str, Any]:
        """As JSON gives it back."""
        return asdict(self) | {"row_indices": list(self.row_indices), "samples": list(self.samples)}


@dataclass
class Tally:
    """Counts of one sort in one column while rows stream by."""

    count: int = 0
    rows: int = 0
    last_row: int = -1
    row_indices: list[int] = field(default_factory=list)
    samples: dict[str, None] = field(default_factory=dict)


class Findings:
    """Collects matches into bounded findings. ``mask`` turns an entity and its value into what may be shown."""

    def __init__(self, max_samples: int, max_rows: int, mask: Callable[[str, str], str]) -> None:
        self._max_samples, self._max_rows, self._mask = max_samples, max_rows, mask
        self._tallies: dict[tuple[str, str], Tally] = {}
        self.rows = 0  # rows with any match
        self.rows_scanned = 0
        self._last_row = -1

    def add(self, row: int, column: str, entity: str, value: str) -> None:
        tally = self._tallies.setdefault((entity, column), Tally())
        tally.count += 1
        if self._last_row != row:
            self.rows, self._last_row = self.rows + 1, row
        if tally.last_row != row:
            tally.rows, tally.last_row = tally.rows + 1, row
            if len(tally.row_indices) < self._max_rows:
                tally.row_indices.append(row)
        if len(tally.samples) < self._max_samples:
            tally.samples[self._mask(entity, value)] = None

    def all(self) -> tuple[Finding, ...]:
        ordered = sorted(self._tallies.items(), key=lambda item: (-item[1].count, item[0]))
        return tuple(
            Finding(entity, column, t.count, t.rows, tuple(t.row_indices), tuple(t.samples))
            for (entity, column), t in ordered
        )

    def by_entity(self) -> dict[str, int]:
        """Matches of each entity over all columns, the most frequent column's first."""
        counts: dict[str, int] = {}
        for finding in self.all():
            counts[finding.entity] = counts.get(finding.entity, 0) + finding.count
        return counts

    def save(self, snapshot: Path, spans_length: int) -> None:
        """Counts and masked samples; no value stands in them."""
        tallies = [[*key, asdict(tally)] for key, tally in self._tallies.items()]
        state = {
            "rows": self.rows,
            "rows_scanned": self.rows_scanned,
            "last_row": self._last_row,
            "spans": spans_length,
            "tallies": tallies,
        }
        (snapshot / STATE).write_text(json.dumps(state), encoding="utf-8")

    def restore(self, snapshot: Path) -> int:
        """Take up what `save` wrote; the length that the file of places had then."""
        state = json.loads((snapshot / STATE).read_text("utf-8"))
        self.rows, self.rows_scanned, self._last_row = state["rows"], state["rows_scanned"], state["last_row"]
        self._tallies = {(entity, column): Tally(**tally) for entity, column, tally in state["tallies"]}
        return int(state["spans"])
