"""What the pages of experiments and runs show: tables with a column for what was logged, charts, runs side by side."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from apps.core.charts import Axis, Chart, Series, line_chart
from apps.core.formatting import number
from apps.tracking.models import RunMetric, TrackingRun
from apps.tracking.queries.history import readings_sampled

MOST_METRICS, MOST_PARAMS = 5, 3  # columns of a table of runs
CHARTS = 12
MOST_COMPARED = 8
LARGEST_DRAWN = 1e100
_HIDDEN = ("mlflow.",)  # tags that clients keep for themselves


@dataclass(frozen=True)
class Column:
    """One column of a table of runs: what was logged under a name, and how to sort by it."""

    family: str  # metrics or params
    key: str

    @property
    def sort(self) -> str:
        return f"{self.family}.{self.key}"

    @property
    def is_metric(self) -> bool:
        return self.family == "metrics"


@dataclass(frozen=True)
class Line:
    """One run in a table, with its cells in the order of the columns; None where it logged nothing."""

    run: TrackingRun
    cells: list[tuple[Column, Any]]


@dataclass(frozen=True)
class Compared:
    """One line of runs side by side: a name, and for each run a value or None."""

    name: str
    values: list[Any]

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True)
class Part:
    """Lines of one kind, those that differ first."""

    title: str
    lines: list[Compared]

    @property
    def differing(self) -> int:
        return sum(line.differs for line in self.lines)


def order_clause(sort: str) -> str:
    """The order of a search for `metrics.loss`, `-params.lr` or `started`; empty for what cannot be sorted by."""
    direction = "DESC" if sort.startswith("-") else "ASC"
    family, _, key = sort.removeprefix("-").partition(".")
    plain = {"started": "start_time", "name": "run_name", "state": "status"}.get(family)
    if plain and not key:
        return f"{plain} {direction}"
    if family not in ("metrics", "params", "tags") or not key:
        return ""
    quoted = key.replace('"', '""')
    return f'{family}."{quoted}" {direction}'


def columns_of(runs: Sequence[TrackingRun], sort: str = "") -> list[Column]:
    """The metrics and parameters that most of these runs logged, those that vary before those that do not, and the one
    they are sorted by.
    """
    wanted = sort.removeprefix("-")
    found: list[Column] = []
    for family, most in (("metrics", MOST_METRICS), ("params", MOST_PARAMS)):
        logged = [(row.key, row.value) for run in runs for row in getattr(run, family).all()]
        counted, varied = Counter(key for key, _ in logged), Counter(key for key, _ in set(logged))
        keys = sorted(counted, key=lambda key: (varied[key] < 2, -counted[key], key))[:most]
        named = wanted.removeprefix(f"{family}.")
        if wanted.startswith(f"{family}.") and named and named not in keys:
            keys = [named, *keys]
        found += [Column(family, key) for key in keys]
    return found


def lines_of(runs: Iterable[TrackingRun], columns: Sequence[Column]) -> list[Line]:
    """Runs read by `with_logs`, as lines of a table."""
    found = []
    for run in runs:
        have: dict[tuple[str, str], Any] = {("metrics", row.key): figure(row) for row in run.metrics.all()}
        have |= {("params", row.key): row.value for row in run.params.all()}
        found.append(Line(run, [(column, have.get((column.family, column.key))) for column in columns]))
    return found


def figure(row: Any) -> str:
    """A reading as a page shows it: four significant figures."""
    if row.is_nan:
        return "not a number"
    if row.value == 0 or 1e-4 <= abs(row.value) < 1e9 or not isfinite(row.value):
        return number(row.value)
    return f"{row.value:.4g}"


def charts_of(runs: Sequence[TrackingRun], keys: Sequence[str]) -> list[Chart]:
    """A line chart over the steps for each metric that some of these runs logged more than once; sampled where long."""
    found = []
    for key in keys[:CHARTS]:
        rows = readings_sampled(runs, key)
        by_run = {run.pk: [row for row in rows if row.run_id == run.pk] for run in runs}
        if any(len(own) > 1 for own in by_run.values()):
            series = [_series(run, by_run[run.pk]) for run in runs if by_run[run.pk]]
            found.append(line_chart(key, x=Axis("Step"), y=Axis(key), series=series))
    return found


def _series(run: TrackingRun, rows: Sequence[RunMetric]) -> Series:
    return Series(str(run), [float(row.step) for row in rows], _drawn([_height(row) for row in rows]))


def _height(row: RunMetric) -> float | None:
    """A value as it can be drawn: what is no number, or beyond any axis, leaves a gap."""
    if row.is_nan or abs(row.value) > LARGEST_DRAWN:
        return None
    return row.value if abs(row.value) > 1 / LARGEST_DRAWN else 0.0


def _drawn(values: list[float | None]) -> list[float | None]:
    """Values that differ by less than a drawing can show are drawn as one."""
    there = [value for value in values if value is not None]
    if not there or max(there) - min(there) > max(map(abs, there)) * 1e-9:
        return values
    return [None if value is None else there[0] for value in values]


def compared(runs: Sequence[TrackingRun]) -> list[Part]:
    """Runs read by `with_logs`, side by side: parameters, metrics, data read and tags; what differs first."""
    told: list[tuple[str, list[dict[str, Any]]]] = [
        ("Parameters", [{row.key: row.value for row in run.params.all()} for run in runs]),
        ("Metrics, last reading", [{row.key: _exact(row) for row in run.metrics.all()} for run in runs]),
        ("Data read", [{row.name: row.digest[:16] for row in run.inputs.all()} for run in runs]),
        ("Tags", [tags_of(run) for run in runs]),
    ]
    return [_part(title, values) for title, values in told if any(values)]


def _exact(row: Any) -> str:
    """A reading with the figures that tell two apart."""
    return "not a number" if row.is_nan else f"{row.value:.8g}"


def tags_of(run: TrackingRun) -> dict[str, str]:
    """The tags that people set; what clients keep for themselves is left out."""
    return {row.key: row.value for row in run.tags.all() if not row.key.startswith(_HIDDEN)}


def _part(title: str, values: Sequence[dict[str, Any]]) -> Part:
    names = sorted({name for own in values for name in own})
    lines = [Compared(name, [own.get(name) for own in values]) for name in names]
    return Part(title, sorted(lines, key=lambda line: not line.differs))
