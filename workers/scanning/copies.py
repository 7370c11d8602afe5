"""The check ``duplicates`` around the index of copies."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.scanning import duplicates, rows
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.sections import canonical


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return _Copies(config, survey)


class _Copies:
    name = "duplicates"

    def __init__(self, config: Config, survey: Survey) -> None:
        self._config, self._survey = config, survey
        self._index = duplicates.Index(config.near_duplicate_chars)

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / "index.json").read_text("utf-8"))
        self._index.rows_of.update((bytes.fromhex(digest), numbers) for digest, numbers in state["rows_of"].items())
        self._index.text_of, self._index.truncated = state["text_of"], state["truncated"]

    def save(self, snapshot: Path) -> None:
        state = {
            "rows_of": {digest.hex(): numbers for digest, numbers in self._index.rows_of.items()},
            "text_of": self._index.text_of,
            "truncated": self._index.truncated,
        }
        (snapshot / "index.json").write_text(json.dumps(state), encoding="utf-8")

    def feed(self, batch: Batch) -> None:
        for offset, row in enumerate(batch.rows):
            parts = ["\n".join(rows.texts(row.get(name))) for name in self._survey.copy_columns]
            self._index.add(batch.first_row + offset, parts)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        config = self._config
        found = duplicates.find(
            self._index,
            config.near_duplicate_threshold,
            config.seed,
            config.max_clusters_listed,
            config.max_rows_listed,
            lambda done: on_progress(done, "Comparing rows with each other"),
        )
        return dict(json.loads(canonical(asdict(found)))) | {
            "method": "Exact copies: SHA-256 of the text after Unicode NFKC, case folding and collapsing of space."
            f" Near copies: MinHash ({duplicates.PERMUTATIONS} permutations, {duplicates.SHINGLE}-character shingles),"
            f" verified by exact Jaccard similarity of at least {config.near_duplicate_threshold}.",
            "versions": {"numpy": version("numpy")},
            "rows_scanned": self._survey.rows,
            "error_rate": f"Of pairs at the threshold {found.recall_at_threshold:.1%} are expected to be compared.",
        }
