"""Rows held against protected works that the customer supplied, while the rows stream by."""

from pathlib import Path
from typing import Any

import numpy as np

from workers.scanning import fingerprints
from workers.scanning.checks import Batch, Reference
from workers.scanning.hits import Hits
from workers.scanning.lookup import Lookup


class Works:
    """One protected corpus: its fingerprints, and what of it was met."""

    def __init__(self, number: int, reference: Reference, max_rows: int, max_longest: int) -> None:
        self._file, self._reference, self._max_longest = f"works-{number}.npy", reference, max_longest
        self._lookup = Lookup(fingerprints.of(reference))
        self._met = np.zeros(len(self._lookup.table), dtype=bool)
        self._hits = Hits(max_rows)
        self._characters = 0
        self._longest: list[dict[str, Any]] = []

    def look(self, batch: Batch, places: list[tuple[int, str]], texts: list[str]) -> None:
        """``texts`` are squeezed; ``places`` tell the row and the column of each."""
        for text, start, end, found in fingerprints.passages(self._lookup, texts):
            row, column = places[text]
            self._met[found] = True
            self._hits.add("passage", row)
            self._characters += end - start
            self._longest.append({"row": row, "column": column, "characters": end - start})
        if len(self._longest) > self._max_longest:
            self._longest = sorted(self._longest, key=_by_length)[: self._max_longest]

    def save(self, snapshot: Path) -> dict[str, Any]:
        np.save(snapshot / self._file, self._met)
        return {"hits": self._hits.state(), "characters": self._characters, "longest": self._longest}

    def restore(self, snapshot: Path, state: dict[str, Any]) -> None:
        self._met = np.load(snapshot / self._file)
        self._hits.restore(state["hits"])
        self._characters, self._longest = state["characters"], state["longest"]

    def told(self, characters: int) -> dict[str, Any]:
        """``share`` of the works' fingerprints that were met; ``share_of_text`` of `characters` that are copies."""
        total, met = len(self._met), int(self._met.sum())
        hits = self._hits.told("passage")
        return {
            "label": self._reference.label,
            "content": self._reference.digest,
            "fingerprints": total,
            "fingerprints_found": met,
            "share": round(met / total, 6) if total else 0.0,
            "passages": hits["count"],
            "rows": hits["rows"],
            "row_numbers": hits["row_numbers"],
            "characters": self._characters,
            "share_of_text": round(self._characters / characters, 6) if characters else 0.0,
            "longest": sorted(self._longest, key=_by_length),
        }


def _by_length(passage: dict[str, Any]) -> tuple[int, int, str]:
    return -passage["characters"], passage["row"], passage["column"]
