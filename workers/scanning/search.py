"""What checks that search every text for matches have in common: sampling, counting, places, saving."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from workers.scanning import rows
from workers.scanning.checks import Batch, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.findings import Findings
from workers.scanning.masking import masked
from workers.scanning.spans import Spans


class Match(Protocol):
    """Characters [start, end) of a text."""

    @property
    def entity(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Searcher(Protocol):
    """Finds matches in one text; ``context`` are the words of the column's name."""

    def find(self, text: str, context: Sequence[str] = ()) -> Iterable[Match]: ...

    def account(self) -> dict[str, Any]:
        """The parts of the section that tell how it was searched."""


def sampled(total: int, wanted: int | None, seed: int) -> frozenset[int] | None:
    """Numbers of the rows to search, drawn with the seed; None for all."""
    if wanted is None or wanted >= total:
        return None
    return frozenset(np.random.default_rng(seed).choice(total, wanted, replace=False).tolist())


class TextSearch:
    """A `Check` that holds a searcher against every text of the chosen rows."""

    def __init__(self, name: str, searcher: Searcher, config: Config, survey: Survey, folder: Path) -> None:
        self.name = name
        self._searcher = searcher
        self._words = {column: rows.words(column) for column in survey.columns}
        self._chosen = sampled(survey.rows, config.pii_sample_rows, config.seed)
        self._findings = Findings(config.max_samples, config.max_rows_listed, masked)
        self._spans = Spans(folder, name)

    def restore(self, snapshot: Path) -> None:
        self._spans.cut_to(self._findings.restore(snapshot))

    def save(self, snapshot: Path) -> None:
        self._findings.save(snapshot, self._spans.flush())

    def feed(self, batch: Batch) -> None:
        for offset, cells in enumerate(batch.cells):
            number = batch.first_row + offset
            if self._chosen is not None and number not in self._chosen:
                continue
            self._findings.rows_scanned += 1
            for column, texts in cells.items():
                for position, text in enumerate(texts):
                    for match in self._searcher.find(text, self._words[column]):
                        self._note(batch.rows[offset], number, column, position, text, match)

    def _note(self, row: dict[str, Any], number: int, column: str, position: int, text: str, match: Match) -> None:
        path = next(path for at, (path, _) in enumerate(rows.places(row.get(column))) if at == position)
        self._findings.add(number, column, match.entity, text[match.start : match.end])
        self._spans.add(number, column, path, match.start, match.end, match.entity)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        self._spans.flush()  # everything written must be readable before places are put together
        by_entity = self._findings.by_entity()
        return {
            "findings": [finding.told() for finding in self._findings.all()],
            "total": sum(by_entity.values()),
            "rows": self._findings.rows,
            "rows_scanned": self._findings.rows_scanned,
            "by_entity": by_entity,
            **self._searcher.account(),
        }
