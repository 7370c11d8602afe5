"""The figures of a version as a page shows them: facts in words, and a chart where there is something to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries.rows.masking import Sight, sight_of, sights_without_raw
from apps.catalog.queries.rows.statistics import EXACT_ROWS
from apps.catalog.rules.scans import PLACED_CHECKS
from apps.core import formatting
from apps.core.charts import NARROW, Axis, Bar, Chart, bar_chart, histogram

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_COLUMNS = 60  # drawn on one page; the API has all
OF_VALUES = frozenset({"number", "time", "categories"})
_NAMES = {"number": "Value", "length": "Characters", "time": "Time"}


@dataclass(frozen=True)
class ColumnFigures:
    """One column: its facts as label and words, its charts, and why its categories are not shown."""

    name: str
    kind: str
    facts: list[tuple[str, str]]
    charts: list[Chart]
    note: str = ""


@dataclass(frozen=True)
class VersionFigures:
    """The figures of a version; `left_out` columns are not shown. `problem` says why there are none."""

    method: str
    rows: int
    columns: list[ColumnFigures]
    left_out: int
    problem: str


def figures_of(user: "User | AnonymousUser", version: DatasetVersion) -> VersionFigures | None:
    """What a page shows of a version's statistics; None where the commit has none."""
    kept = version.statistics
    if not kept:
        return None
    hidden = _hidden_columns(sight_of(user, version), kept["columns"])
    columns = statistics_without(kept["columns"][:MOST_COLUMNS], hidden)
    shown = [_column(item, version.rows, is_hidden=item["name"] in hidden) for item in columns]
    left_out = max(0, len(kept["columns"]) - MOST_COLUMNS)
    return VersionFigures(kept["method"], kept["rows"], shown, left_out, kept.get("problem", ""))


def statistics_for(user: "User | AnonymousUser", version: DatasetVersion) -> dict[str, Any]:
    """The statistics of a version as they were kept, without what tells a value that the person may not see."""
    kept = version.statistics
    if not kept:
        return {"method": "", "rows": version.rows, "columns": []}
    hidden = _hidden_columns(sight_of(user, version), kept["columns"])
    return {**kept, "columns": statistics_without(kept["columns"], hidden)}


def statistics_without_raw(versions: Sequence[DatasetVersion]) -> dict[int, dict[str, Any] | None]:
    """The statistics of each of these versions as those see them who may not read raw data, by its id; None where the
    commit has none. Two queries.
    """
    sights = sights_without_raw(versions)
    return {one.pk: _without_raw(sights[one.pk], one.statistics) for one in versions}


def _without_raw(sight: Sight, kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if not kept:
        return kept
    hidden = _hidden_columns(sight, kept["columns"])
    return {**kept, "columns": statistics_without(kept["columns"], hidden)}


def statistics_without(columns: Sequence[Mapping[str, Any]], hidden: frozenset[str]) -> list[dict[str, Any]]:
    """The figures of columns; of those that are hidden only what tells nothing of a value: how many, and how long."""
    return [
        {name: value for name, value in item.items() if item["name"] not in hidden or name not in OF_VALUES}
        for item in columns
    ]


def _hidden_columns(sight: Sight, columns: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Columns of whose values this person may see none: those hidden altogether, and those in which a scan found
    something. The lowest number of a column of telephone numbers is a telephone number."""
    if sight.may_read_raw:
        return frozenset()
    found = {item.get("column") for scan in sight.scans for item in _findings(scan)}
    names = [item["name"] for item in columns]
    return frozenset(name for name in names if sight.hides_column(name) or name in found)


def _findings(scan: ScanRun) -> list[dict[str, Any]]:
    sections = [(scan.result or {}).get(name) or {} for name in PLACED_CHECKS]
    return [item for section in sections for item in section.get("findings", [])]


def _column(item: Mapping[str, Any], rows: int, *, is_hidden: bool) -> ColumnFigures:
    facts = [
        ("Empty", f"{formatting.number(item['nulls'])} ({formatting.percent(item['nulls'] / max(rows, 1))})"),
        ("Different values", f"{'about ' if rows > EXACT_ROWS else ''}{formatting.number(item['distinct'])}"),
    ]
    what = next((name for name in _NAMES if item.get(name)), "")
    facts += _measured(item[what], what) if what else []
    spread = (item[what].get("histogram") or {}) if what and not item.get("categories") else {}
    charts = [_spread(item, what)] if len(spread.get("counts", [])) > 1 else []
    if item.get("categories"):
        charts.append(_categories(item))
    note = "Which values there are is hidden from you: they may tell of people." if is_hidden else ""
    return ColumnFigures(item["name"], item["type"], facts, charts, note)


def _measured(figures: Mapping[str, Any], what: str) -> list[tuple[str, str]]:
    if what == "time":
        return [("Earliest", str(figures["low"] or "—")), ("Latest", str(figures["high"] or "—"))]
    unit = " characters" if what == "length" else ""
    low, high = formatting.number(figures["low"]), formatting.number(figures["high"])
    told = [("Length" if unit else "Range", f"{low}{unit}" if low == high else f"{low} to {high}{unit}")]
    told.append(("Mean length" if unit else "Mean", f"{formatting.number(figures['mean'])}{unit}"))
    if figures.get("median") is not None:
        told.append(("Median", f"{formatting.number(figures['median'])}{unit}"))
    return told


def _spread(item: Mapping[str, Any], what: str) -> Chart:
    spread = item[what]["histogram"]
    low, high = spread["low"], spread["high"]
    axis = Axis("Length", "characters") if what == "length" else Axis(_NAMES[what])
    if what == "time":
        axis = Axis(f"Days since {_day(low)}")
        low, high = 0.0, (high - low) / 86_400
    return histogram(f"How {item['name']} is spread", value=axis, low=low, high=high, counts=spread["counts"])


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d}"


def _categories(item: Mapping[str, Any]) -> Chart:
    bars = [Bar(part["value"], part["count"]) for part in item["categories"]]
    return bar_chart(f"Values of {item['name']}", value=Axis("Rows"), bars=bars, width=NARROW)
