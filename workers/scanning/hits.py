"""Counting what a check meets: how often, in how many rows, and the first rows, bounded whatever the table holds."""

from collections.abc import Iterable
from typing import Any


class Hits:
    """Counts by key while rows stream by in order. ``limit`` bounds the row numbers kept for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._hits: dict[str, list[Any]] = {}  # count, rows, last row, row numbers

    def add(self, key: str, row: int, count: int = 1) -> None:
        hit = self._hits.get(key)
        if hit is None:
            self._hits[key] = [count, 1, row, [row] if self._limit else []]
            return
        hit[0] += count
        if hit[2] != row:
            hit[1] += 1
            hit[2] = row
            if len(hit[3]) < self._limit:
                hit[3].append(row)

    def __contains__(self, key: str) -> bool:
        return key in self._hits

    def keys(self) -> list[str]:
        """What was met, the most frequent first."""
        return sorted(self._hits, key=lambda key: (-self._hits[key][0], key))

    def told(self, key: str) -> dict[str, Any]:
        """``count`` and ``rows`` are exact; ``row_numbers`` are the first rows, from 0, ascending."""
        count, rows, _, numbers = self._hits.get(key, (0, 0, -1, ()))
        return {"count": count, "rows": rows, "row_numbers": list(numbers)}

    def all(self, name: str, keys: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Everything met, each with its key under ``name``; or these keys, met or not."""
        return [{name: key, **self.told(key)} for key in (self.keys() if keys is None else keys)]

    def state(self) -> dict[str, Any]:
        return self._hits

    def restore(self, state: dict[str, Any]) -> None:
        self._hits = state
