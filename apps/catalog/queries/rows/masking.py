"""What a person may see of a version's rows: everything, everything but what scans found, or no text at all.

Who has not the right to read raw data sees findings hidden by the places that scans listed: all finished scans of this
content together, so that no later scan with fewer languages, a raised threshold or fewer checks uncovers anything.
Where no scan looked, nobody knows what stands there, so it is hidden altogether: a version without a scan, columns that
were left out, and all of a version of which a part was read, or that was searched for less than everything that is
hidden.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings

from apps.accounts.queries import may
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries.rows.connection import opened, quoted
from apps.catalog.queries.rows.values import fetched
from apps.catalog.queries.scans import scans_of_content, scans_of_contents
from apps.catalog.rules.masking import Span, hidden_value
from apps.catalog.rules.scans import PLACED_CHECKS, rows_read
from apps.core import storage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

HIDDEN = "hidden"
PLACES = "'row': 'BIGINT', 'column': 'VARCHAR', 'start': 'BIGINT', 'end': 'BIGINT', 'entity': 'VARCHAR', 'path': 'JSON'"
NEVER_SCANNED = "Nobody has scanned this version, so nobody knows what stands in its cells: they are hidden from you."
PARTLY_SCANNED = "Only a part of the rows was searched for everything that is hidden, so the cells are hidden from you."
LOOKED_FOR_LESS = (
    "No scan has looked for personal data, secrets and special categories alike, or it left out findings of low scores,"
    " so the cells are hidden from you."
)
WITHOUT_PLACES = "No scan has kept the places of what it found, so the cells are hidden from you."


@dataclass(frozen=True)
class Sight:
    """What one person may see of one version. `reason` says why everything is hidden; empty where it is not.

    `scans` are all finished ones of this content, the newest first: each hides what it found.
    """

    version: DatasetVersion
    may_read_raw: bool
    scans: tuple[ScanRun, ...]
    reason: str
    scanned_columns: frozenset[str] | None  # None: all of them

    @property
    def scan(self) -> ScanRun | None:
        """The newest scan."""
        return self.scans[0] if self.scans else None

    def hides_column(self, name: str) -> bool:
        """Whether a column is hidden altogether."""
        if self.may_read_raw:
            return False
        return bool(self.reason) or (self.scanned_columns is not None and name not in self.scanned_columns)


def sight_of(user: "User | AnonymousUser", version: DatasetVersion) -> Sight:
    """What the person may see of a version that they see."""
    return _sight(version, scans_of_content(version), may_read_raw=may(user, "dataset.read_raw", version.team_id))


def sights_without_raw(versions: Sequence[DatasetVersion]) -> dict[int, Sight]:
    """What those who may not read raw data see of each of these versions, by its id; two queries."""
    scans = scans_of_contents(versions)
    return {version.pk: _sight(version, scans[version.pk], may_read_raw=False) for version in versions}


def _sight(version: DatasetVersion, scans: Sequence[ScanRun], *, may_read_raw: bool) -> Sight:
    return Sight(
        version,
        may_read_raw,
        tuple(scans),
        "" if may_read_raw else _reason(version, scans),
        _searched_columns(version, scans),
    )


def _reason(version: DatasetVersion, scans: Sequence[ScanRun]) -> str:
    placed = [scan for scan in scans if scan.spans_file]
    if not placed:
        return WITHOUT_PLACES if scans else NEVER_SCANNED
    most = [max(rows_read(check, scan.config or {}, scan.result or {}) for scan in placed) for check in PLACED_CHECKS]
    if not all(most):
        return LOOKED_FOR_LESS
    return PARTLY_SCANNED if min(most) < version.rows else ""


def _searched_columns(version: DatasetVersion, scans: Sequence[ScanRun]) -> frozenset[str] | None:
    """The columns in which every row was searched by each check that lists places; None for all columns."""
    every = frozenset(str(column["name"]) for column in version.columns)
    searched = every
    for check in PLACED_CHECKS:
        searched &= columns_searched(check, version, scans)
    return None if searched == every else searched


def columns_searched(
    check: str, version: DatasetVersion, scans: Sequence[ScanRun], *, at_any_score: bool = False
) -> frozenset[str]:
    """The columns of which one of these scans searched every row by a check, and listed the places.

    A scan that left out findings of low scores counts only with `at_any_score`.
    """
    found: set[str] = set()
    for scan in scans:
        config = scan.config or {}
        given = {name: value for name, value in config.items() if not at_any_score or name != "pii_score_threshold"}
        if scan.spans_file and rows_read(check, given, scan.result or {}) >= version.rows:
            found |= set(config.get("columns") or (str(column["name"]) for column in version.columns))
    return frozenset(found)


def spans_of(sight: Sight, numbers: Sequence[int]) -> dict[int, list[Span]]:
    """The findings of all scans in these rows, by row; nothing where no scan kept their places."""
    digests = {scan.spans_file for scan in sight.scans if scan.spans_file}
    if not digests or not numbers:
        return {}
    paths = [places_path(digest) for digest in sorted(digests)]
    files = ", ".join(quoted(path) for path in paths)
    wanted = ", ".join(str(int(number)) for number in numbers)
    question = (
        f"SELECT DISTINCT c0, c1, c2, c3, c4, c5 FROM read_parquet([{files}]) WHERE c0 IN ({wanted}) ORDER BY ALL"
    )
    found: dict[int, list[Span]] = defaultdict(list)
    with opened(*paths, seconds=settings.QUERY_SECONDS) as connection:
        for row, column, start, end, entity, steps in fetched(connection, question):
            found[row].append(Span(column, int(start), int(end), entity, tuple(json.loads(steps or "[]"))))
    return found


def places_path(digest: str) -> Path:
    """The file of places as Parquet, in which a page of rows is found without reading the rest."""
    kept = Path(settings.WORK_DIR) / "cache" / "rows" / f"{digest}-places-1.parquet"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{uuid4().hex}")
        stored = storage.local_path(digest)
        with opened(stored, partial) as connection:
            connection.execute(
                f"COPY (SELECT c0, c1, c2, c3, c4, CAST(c5 AS VARCHAR) AS c5 FROM read_json({quoted(stored)},"
                f" format = 'newline_delimited', compression = 'none', columns = {{{PLACES}}})"
                f" AS t(c0, c1, c2, c3, c4, c5) ORDER BY c0) TO {quoted(partial)} (FORMAT parquet)"
            )
        partial.replace(kept)
    return kept


def masked_rows(sight: Sight, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows as this person may have them: what is hidden is told by its kind, in brackets."""
    listed = list(rows)
    if sight.may_read_raw:
        yield from ((number, dict(cells)) for number, cells in listed)
        return
    spans = spans_of(sight, [number for number, _ in listed]) if not sight.reason else {}
    for number, cells in listed:
        yield number, {name: _masked(sight, name, value, spans.get(number, [])) for name, value in cells.items()}


def _masked(sight: Sight, name: str, value: Any, spans: Sequence[Span]) -> Any:
    if value is None:
        return None
    if sight.hides_column(name):
        return f"[{HIDDEN}]"
    return hidden_value(value, [span for span in spans if span.column == name])
