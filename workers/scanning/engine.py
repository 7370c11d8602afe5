"""A scan of one table of text: personal data, copies, and the licence it is offered under.

Everything runs on this machine without network and without a language model, and the same input and configuration give
the same findings. No raw value of what is found leaves this engine: samples are masked.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np

from workers.errors import EngineError
from workers.scanning import duplicates, licences, rows
from workers.scanning.duplicates import Duplicates
from workers.scanning.licences import Licence
from workers.scanning.pii import Detector, Finding, Findings, Method
from workers.scanning.recognisers import EXPECTATIONS, NOT_LOOKED_FOR

OnProgress = Callable[[float, str], None]
PACKAGES = ("presidio_analyzer", "spacy", "tldextract", "phonenumbers", "license-expression", "numpy")
_REPORT_EVERY = 50  # rows between two reports of progress: about ten a second


@dataclass(frozen=True)
class Config:
    """What to scan and how closely."""

    # JSON Lines, one object a line, as the portal writes it.
    input_path: str
    # Columns to search for personal data; empty means all.
    columns: tuple[str, ...] = ()
    # Columns by which rows count as copies; empty means those above without identifiers, which make every row unique.
    copy_columns: tuple[str, ...] = ()
    # What the data says it is licensed under, by SPDX; empty is reported as a finding.
    licence: str = ""
    # ISO 639-1: decides which national identifiers and phone formats are looked for.
    languages: tuple[str, ...] = ("en",)
    # Below 0.5 Presidio counts patterns that any number fits; above it whole kinds fall away.
    pii_score_threshold: float = 0.5
    # Rows to search for personal data, drawn with the seed; None for all. About a thousand rows a second.
    pii_sample_rows: int | None = None
    # Jaccard similarity of five-character shingles: 0.8 keeps rewordings apart and finds edited copies.
    near_duplicate_threshold: float = 0.8
    # Characters of a row that are compared for near copies; the rest of very long texts adds little.
    near_duplicate_chars: int = 20_000
    # Masked samples shown for each finding: enough to judge by, few enough to read.
    max_samples: int = 5
    # Row numbers listed for each finding and cluster, and clusters listed. Counts stay exact beyond it.
    max_rows_listed: int = 100
    max_clusters_listed: int = 50
    # Draws the sample and the hash functions.
    seed: int = 20_240_101


@dataclass(frozen=True)
class PersonalData:
    """Personal data found. ``total`` counts matches, ``rows`` rows with at least one."""

    findings: tuple[Finding, ...]
    total: int
    rows: int
    rows_scanned: int
    by_entity: dict[str, int]
    methods: tuple[Method, ...]
    not_looked_for: tuple[str, ...]
    expectations: str
    score_threshold: float


@dataclass(frozen=True)
class Result:
    """All findings, how they came about, and the digest of the findings (SHA-256, without times)."""

    rows: int
    columns: tuple[str, ...]
    copy_columns: tuple[str, ...]
    personal_data: PersonalData
    duplicates: Duplicates
    licence: Licence
    method: str
    versions: dict[str, str]
    seed: int
    seconds: float
    digest: str


def run(config: Config, on_progress: OnProgress) -> Result:
    """Scan the table. Raises EngineError for a file that cannot be read and for columns that are not there.

    ``on_progress`` may raise to cancel.
    """
    started = time.monotonic()
    _check(config)
    licence = licences.judge(config.licence)
    on_progress(0.0, "Counting rows")
    survey = _survey(config)
    scan = _Scan(config, survey)
    scan.read(on_progress)
    copies = scan.find_copies(on_progress)
    on_progress(1.0, "Scan finished")
    personal = scan.personal_data()
    return Result(
        rows=survey.rows,
        columns=survey.columns,
        copy_columns=survey.copy_columns,
        personal_data=personal,
        duplicates=copies,
        licence=licence,
        method=_method(config),
        versions={name: version(name) for name in PACKAGES},
        seed=config.seed,
        seconds=round(time.monotonic() - started, 3),
        digest=_digest(asdict(personal), asdict(copies), asdict(licence)),
    )


def _check(config: Config) -> None:
    if not 0 < config.near_duplicate_threshold <= 1:
        raise EngineError("scan.threshold", "The near-duplicate threshold must lie above 0 and at most at 1.")
    if not 0 <= config.pii_score_threshold <= 1:
        raise EngineError("scan.threshold", "The score threshold for personal data must lie between 0 and 1.")
    if config.pii_sample_rows is not None and config.pii_sample_rows < 1:
        raise EngineError("scan.sample", "Search at least one row for personal data, or leave the number out for all.")


@dataclass(frozen=True)
class _Survey:
    rows: int
    columns: tuple[str, ...]
    copy_columns: tuple[str, ...]


def _survey(config: Config) -> _Survey:
    """Row count and columns to read, in the order in which they appear."""
    total = 0
    seen: dict[str, None] = {}
    identifiers = rows.Identifiers()
    for row in rows.read(config.input_path):
        total += 1
        seen.update(dict.fromkeys(row))
        identifiers.add(row)
    if total == 0:
        raise EngineError("data.empty", "The data file holds no rows.")
    missing = [name for name in (*config.columns, *config.copy_columns) if name not in seen]
    if missing:
        there = ", ".join(list(seen)[:30])
        raise EngineError("data.column_missing", f"No row has a column {', '.join(missing)}. Columns are: {there}.")
    columns = config.columns or tuple(seen)
    telling = tuple(name for name in columns if name not in identifiers.names())
    return _Survey(total, columns, config.copy_columns or telling or columns)


class _Scan:
    """One pass over the rows, feeding the detector and the index of copies."""

    def __init__(self, config: Config, survey: _Survey) -> None:
        self._config, self._total = config, survey.rows
        self._columns, self._copy_columns = survey.columns, survey.copy_columns
        self._detector = Detector(config.languages, config.pii_score_threshold)
        self._findings = Findings(config.max_samples, config.max_rows_listed)
        self._index = duplicates.Index(config.near_duplicate_chars)
        self._words = {name: rows.words(name) for name in survey.columns}
        self._chosen = _sample(survey.rows, config.pii_sample_rows, config.seed)

    def read(self, on_progress: OnProgress) -> None:
        for number, row in enumerate(rows.read(self._config.input_path)):
            if number % _REPORT_EVERY == 0:
                on_progress(0.02 + 0.78 * number / self._total, f"Searching row {number + 1} of {self._total}")
            cells = {name: list(rows.texts(row.get(name))) for name in self._columns}
            self._index.add(number, ["\n".join(rows.texts(row.get(name))) for name in self._copy_columns])
            if self._chosen is None or number in self._chosen:
                self._search(number, cells)

    def _search(self, number: int, cells: dict[str, list[str]]) -> None:
        hits = (
            (column, text, hit)
            for column, texts in cells.items()
            for text in texts
            for hit in self._detector.find(text, self._words[column])
        )
        for column, text, hit in hits:
            self._findings.add(number, column, text, hit)

    def find_copies(self, on_progress: OnProgress) -> Duplicates:
        config = self._config
        return duplicates.find(
            self._index,
            config.near_duplicate_threshold,
            config.seed,
            config.max_clusters_listed,
            config.max_rows_listed,
            lambda done: on_progress(0.8 + 0.19 * done, "Comparing rows with each other"),
        )

    def personal_data(self) -> PersonalData:
        found = self._findings.all()
        by_entity: dict[str, int] = {}
        for finding in found:
            by_entity[finding.entity] = by_entity.get(finding.entity, 0) + finding.count
        unknown = tuple(
            f"National identifiers and phone formats for language '{code}': none are configured."
            for code in self._detector.unknown_languages
        )
        return PersonalData(
            findings=found,
            total=sum(by_entity.values()),
            rows=self._findings.rows,
            rows_scanned=self._total if self._chosen is None else len(self._chosen),
            by_entity=by_entity,
            methods=self._detector.methods(),
            not_looked_for=NOT_LOOKED_FOR + unknown,
            expectations=EXPECTATIONS,
            score_threshold=self._config.pii_score_threshold,
        )


def _sample(total: int, wanted: int | None, seed: int) -> frozenset[int] | None:
    if wanted is None or wanted >= total:
        return None
    return frozenset(np.random.default_rng(seed).choice(total, wanted, replace=False).tolist())


def _method(config: Config) -> str:
    return (
        "Personal data: Presidio's pattern recognisers with checksums and context words, no language model."
        " Exact copies: SHA-256 of the text after Unicode NFKC, case folding and collapsing of white space."
        f" Near copies: MinHash ({duplicates.PERMUTATIONS} permutations, {duplicates.SHINGLE}-character shingles),"
        f" verified by exact Jaccard similarity of at least {config.near_duplicate_threshold}."
        " Licence: SPDX expression."
    )


def _digest(*parts: dict[str, object]) -> str:
    written = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
