"""What a scan is told: where the rows are, what to look for, and how closely."""

from dataclasses import dataclass, field
from typing import Any

from workers.errors import EngineError
from workers.scanning.checks import Reference


@dataclass(frozen=True)
class Piece:
    """A JSON Lines file with consecutive rows of the table. ``rows`` is None where nobody has counted them yet."""

    path: str
    first_row: int = 0
    rows: int | None = None
    digest: str = ""


@dataclass(frozen=True)
class ChunkState:
    """One stored chunk of the version's file, read again before the scan: ``ok`` when it still has its digest."""

    digest: str
    size: int
    ok: bool


@dataclass(frozen=True)
class Config:
    """What to scan and how closely. Checks read their settings here; rare ones stand in ``options`` by check."""

    # One JSON Lines file with the whole table; or its pieces in order.
    input_path: str = ""
    pieces: tuple[Piece, ...] = ()
    # Where the scan keeps what it needs to go on after it was killed; empty: it keeps nothing.
    work_dir: str = ""
    # Seconds of scanning that a kill may cost. A save is written behind the first whole piece after that.
    save_every_s: float = 15.0
    # Names of the checks to run (workers.scanning.registry); empty means all.
    checks: tuple[str, ...] = ()
    # Columns to look into; empty means all.
    columns: tuple[str, ...] = ()
    # Columns by which rows count as copies; empty means those above without identifiers, which make every row unique.
    copy_columns: tuple[str, ...] = ()
    # Every column of the table, where that is known already; empty means that the scan reads all rows once to find out.
    known_columns: tuple[str, ...] = ()
    # Columns that hold a row's class, and a row's answer; empty means that the checks choose by name.
    label_column: str = ""
    answer_column: str = ""
    # ISO 639-1: decides which national identifiers, phone formats and word lists are looked for.
    languages: tuple[str, ...] = ("en",)
    # Below 0.5 Presidio counts patterns that any number fits; above it whole kinds fall away.
    pii_score_threshold: float = 0.5
    # Rows to search for personal data, secrets and special categories, drawn with the seed; None for all.
    pii_sample_rows: int | None = None
    # A folder with a spaCy or a transformers model that finds names and places; empty: they are not looked for.
    spacy_model: str = ""
    transformers_model: str = ""
    # Jaccard similarity of five-character shingles: 0.8 keeps rewordings apart and finds edited copies.
    near_duplicate_threshold: float = 0.8
    # Characters of a row that are compared for near copies; the rest of very long texts adds little.
    near_duplicate_chars: int = 20_000
    # Evaluation sets, protected works, and the commit before this one, to compare with.
    against: tuple[Reference, ...] = ()
    protected: tuple[Reference, ...] = ()
    parent: Reference | None = None
    # The stored chunks as the door found them.
    chunks: tuple[ChunkState, ...] = ()
    # What is declared about the rows: {"sources": [{"name", "share", "machine_generated"}, …], "provenance": {…}}.
    declared: dict[str, Any] = field(default_factory=dict)
    # Settings of single checks: {"poisoning": {"folds": 5}}.
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Masked samples shown for each finding: enough to judge by, few enough to read.
    max_samples: int = 5
    # Row numbers listed for each finding and cluster, and clusters listed. Counts stay exact beyond it.
    max_rows_listed: int = 100
    max_clusters_listed: int = 50
    # Draws samples and hash functions.
    seed: int = 20_240_101

    def option(self, check: str, name: str, default: Any) -> Any:
        """A setting of one check, or `default` where nobody set it."""
        return self.options.get(check, {}).get(name, default)


def check_config(config: Config) -> None:
    """Raises EngineError scan.input, scan.threshold, scan.sample."""
    if bool(config.input_path) == bool(config.pieces):
        raise EngineError("scan.input", "Name one file or the pieces of a table.")
    if not 0 < config.near_duplicate_threshold <= 1:
        raise EngineError("scan.threshold", "The near-duplicate threshold must lie above 0 and at most at 1.")
    if not 0 <= config.pii_score_threshold <= 1:
        raise EngineError("scan.threshold", "The score threshold for personal data must lie between 0 and 1.")
    if config.pii_sample_rows is not None and config.pii_sample_rows < 1:
        raise EngineError("scan.sample", "Search at least one row for personal data, or leave the number out for all.")
