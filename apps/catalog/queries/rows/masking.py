"""What a person may see of a version's rows: everything, everything but what the newest scan found, or no text at all.

Who has not the right to read raw data sees findings hidden by their places in the newest scan's file. Where that scan
did not look, nobody knows what stands there, so it is hidden altogether: a version without a scan, columns that the
scan left out, and all of a version of which the scan read a part or for less than everything that is hidden.
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
from apps.catalog.queries.scans import latest_scans
from apps.catalog.rules.masking import Span, hidden_value
from apps.core import storage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

HIDDEN = "hidden"
HIDING = frozenset({"personal_data", "secrets", "special_categories"})  # the checks that list places
PLACES = "'row': 'BIGINT', 'column': 'VARCHAR', 'start': 'BIGINT', 'end': 'BIGINT', 'entity': 'VARCHAR', 'path': 'JSON'"
NEVER_SCANNED = "Nobody has scanned this version, so nobody knows what stands in its cells: they are hidden from you."
PARTLY_SCANNED = "The newest scan read a part of the rows only, so the cells are hidden from you."
LOOKED_FOR_LESS = (
    "The newest scan did not look for personal data, secrets and special categories alike, so the cells are hidden "
    "from you."
)
WITHOUT_PLACES = "The newest scan did not keep the places of what it found, so the cells are hidden from you."


@dataclass(frozen=True)
class Sight:
    """What one person may see of one version. `reason` says why everything is hidden; empty where it is not."""

    version: DatasetVersion
    may_read_raw: bool
    scan: ScanRun | None
    reason: str
    scanned_columns: frozenset[str] | None  # None: all of them

    def hides_column(self, name: str) -> bool:
        """Whether a column is hidden altogether."""
        if self.may_read_raw:
            return False
        return bool(self.reason) or (self.scanned_columns is not None and name not in self.scanned_columns)


def sight_of(user: "User | AnonymousUser", version: DatasetVersion) -> Sight:
    """What the person may see of a version that they see."""
    may_read_raw = may(user, "dataset.read_raw", version.team_id)
    scan = latest_scans([version.pk]).get(version.pk)
    columns = (scan.config or {}).get("columns") if scan else None
    return Sight(
        version,
        may_read_raw,
        scan,
        "" if may_read_raw else _reason(version, scan),
        frozenset(columns) if columns else None,
    )


def _reason(version: DatasetVersion, scan: ScanRun | None) -> str:
    if scan is None:
        return NEVER_SCANNED
    if not scan.spans_file:
        return WITHOUT_PLACES
    if HIDING - set((scan.config or {}).get("checks") or HIDING):
        return LOOKED_FOR_LESS
    looked = ((scan.result or {}).get("personal_data") or {}).get("rows_scanned", 0)
    return PARTLY_SCANNED if looked < version.rows else ""


def spans_of(sight: Sight, numbers: Sequence[int]) -> dict[int, list[Span]]:
    """The findings in these rows, by row; nothing where no scan kept their places."""
    if sight.scan is None or not sight.scan.spans_file or not numbers:
        return {}
    path = _places_path(sight.scan.spans_file)
    wanted = ", ".join(str(int(number)) for number in numbers)
    question = f"SELECT c0, c1, c2, c3, c4, c5 FROM read_parquet({quoted(path)}) WHERE c0 IN ({wanted})"
    found: dict[int, list[Span]] = defaultdict(list)
    with opened(path, seconds=settings.QUERY_SECONDS) as connection:
        for row, column, start, end, entity, steps in fetched(connection, question):
            found[row].append(Span(column, int(start), int(end), entity, tuple(json.loads(steps or "[]"))))
    return found


def _places_path(digest: str) -> Path:
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
