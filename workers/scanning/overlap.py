"""Rows that hold examples of evaluation sets or held-out rows (contamination): the check ``overlap``.

Keys of the section:

* ``references``: for each set ``label``, ``content`` (its digest), ``rows`` (examples), ``comparable`` (examples with a
  text long enough), ``contaminated`` and ``partly`` (``count``, ``share`` of the comparable ones, ``example_numbers``),
  ``rows_hit`` (rows of the data that hold some of it), ``share_of_rows``, ``row_numbers``, ``samples`` (``row``,
  ``column``, ``example``, ``words``: a common passage without what could be a name or a number).
* ``compared``: whether any set was named.
"""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from workers.scanning import words
from workers.scanning.checks import Batch, Check, OnProgress, Reference, Survey
from workers.scanning.config import Config
from workers.scanning.examples import COMMON, LONG, LONG_RUN, RUN, SHORTEST_WORDS, Runs, Shorts, read
from workers.scanning.hits import Hits

DIRTY, TOUCHED = (
    0.8,
    0.2,
)  # shares of an example's words, as H. Touvron et al., "Llama 2" (2023), appendix A.6, draw them
_STATE = "overlap.json"
# By tests/workers/scanning/test_overlap.py.
MEASURED = (
    "Of 400 planted examples, copied whole into other text with case and punctuation changed, 400 were found; of 100"
    " of 24 words with two words changed 100 were found in part or whole; of 3,000 rows without an example 0 were hit."
    " Translations, rewordings, longer examples of which no run of {run} words is left, and examples of less than"
    " {shortest} words are not found."
)


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Overlap(config)


class _Set:
    """One evaluation set, held against the rows that stream by."""

    def __init__(self, number: int, reference: Reference, config: Config) -> None:
        self._reference, self._file, self._max_samples = reference, f"set-{number}.npz", config.max_samples
        self._limit = config.max_rows_listed
        self._rows, long, middling, short = read(reference)
        self._runs = (Runs(long, LONG_RUN), Runs(middling, RUN))
        self._shorts = Shorts(short)
        self._hits = Hits(config.max_rows_listed)
        self._samples: list[dict[str, Any]] = []

    def look(
        self, places: list[tuple[int, str]], texts: list[list[str]], values: np.ndarray, sizes: np.ndarray
    ) -> None:
        """``values`` are the words of `texts` as numbers, ``sizes`` how many each has."""
        found = [
            (text, example, begin, runs.length)
            for runs in self._runs
            for text, begin, example in runs.find(values, sizes)
        ]
        found += [(text, example, 0, LONG_RUN) for text, example in self._shorts.find(texts)]
        for text, example, begin, length in sorted(found):
            row, column = places[text]
            self._hits.add("row", row)
            if len(self._samples) < self._max_samples:
                passage = words.masked(texts[text][begin : begin + length])
                self._samples.append({"row": row, "column": column, "example": example, "words": passage})

    def _met(self) -> dict[str, np.ndarray]:
        return {"long": self._runs[0].met, "middling": self._runs[1].met, "short": self._shorts.met}

    def save(self, snapshot: Path) -> dict[str, Any]:
        np.savez(snapshot / self._file, **self._met())  # type: ignore[arg-type]
        return {"hits": self._hits.state(), "samples": self._samples}

    def restore(self, snapshot: Path, state: dict[str, Any]) -> None:
        with np.load(snapshot / self._file) as saved:
            for name, met in self._met().items():
                met[:] = saved[name]
        self._hits.restore(state["hits"])
        self._samples = state["samples"]

    def _covered(self) -> dict[int, float]:
        """The greatest share that any text of each comparable example is covered by."""
        best: dict[int, float] = {}
        parts: list[Iterator[tuple[int, float]]] = [runs.covered() for runs in self._runs]
        for part in (*parts, self._shorts.covered()):
            for example, share in part:
                best[example] = max(share, best.get(example, 0.0))
        return best

    def told(self, rows: int) -> dict[str, Any]:
        covered = self._covered()
        hits = self._hits.told("row")
        return {
            "label": self._reference.label,
            "content": self._reference.digest,
            "rows": self._rows,
            "comparable": len(covered),
            "contaminated": self._listed([e for e, share in covered.items() if share >= DIRTY], len(covered)),
            "partly": self._listed([e for e, share in covered.items() if TOUCHED <= share < DIRTY], len(covered)),
            "rows_hit": hits["rows"],
            "share_of_rows": round(hits["rows"] / max(1, rows), 6),
            "row_numbers": hits["row_numbers"],
            "samples": self._samples,
        }

    def _listed(self, examples: list[int], comparable: int) -> dict[str, Any]:
        share = round(len(examples) / max(1, comparable), 6)
        return {"count": len(examples), "share": share, "example_numbers": sorted(examples)[: self._limit]}


class Overlap:
    """All sets, held against the same words."""

    name = "overlap"

    def __init__(self, config: Config) -> None:
        self._sets = [_Set(number, reference, config) for number, reference in enumerate(config.against)]
        self._rows = 0

    def feed(self, batch: Batch) -> None:
        self._rows += len(batch.cells)
        if not self._sets:
            return
        places: list[tuple[int, str]] = []
        texts: list[list[str]] = []
        for offset, cells in enumerate(batch.cells):
            for column, parts in cells.items():
                for part in parts:
                    found = words.of(part)
                    if len(found) >= SHORTEST_WORDS:
                        places.append((batch.first_row + offset, column))
                        texts.append(found)
        values, sizes = words.numbered(texts)
        for each in self._sets:
            each.look(places, texts, values, sizes)

    def save(self, snapshot: Path) -> None:
        state = {"rows": self._rows, "sets": [each.save(snapshot) for each in self._sets]}
        (snapshot / _STATE).write_text(json.dumps(state), encoding="utf-8")

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / _STATE).read_text("utf-8"))
        self._rows = state["rows"]
        for each, saved in zip(self._sets, state["sets"], strict=True):
            each.restore(snapshot, saved)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        on_progress(1.0, "Overlap counted")
        rate = MEASURED.format(run=LONG_RUN, shortest=SHORTEST_WORDS)
        return {
            "references": [each.told(self._rows) for each in self._sets],
            "compared": bool(self._sets),
            "method": f"Texts of {LONG} words and more: common runs of {LONG_RUN} words; from {RUN}: runs of {RUN};"
            f" from {SHORTEST_WORDS} words: nine tenths of the character shingles. Words after Unicode NFKC and case"
            f" folding, punctuation left out; runs that more than {COMMON} examples share do not count. An example is"
            f" contaminated from {DIRTY:.0%} of its words, partly from {TOUCHED:.0%}.",
            "versions": {"numpy": np.__version__, "unicode": unicodedata.unidata_version},
            "rows_scanned": self._rows,
            "error_rate": rate if self._sets else "Nothing was compared: no evaluation set was named.",
        }
