"""The figures of a commit, column by column, in three passes: extremes and means, histograms, categories.

Quantiles, and different values in large tables, are estimates; the result says so in `method`. No text of a cell is
kept but the names of categories (`rules.statistics.categories_of`).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from apps.catalog.queries.rows.columns import Column, Table
from apps.catalog.queries.rows.connection import opened
from apps.catalog.queries.rows.files import table_made
from apps.catalog.rules.statistics import BINS, MOST_CATEGORIES, QUANTILES, bins_of, categories_of
from apps.core.errors import DomainError

METHOD = (
    "Counted over every row by DuckDB {version}; quantiles are estimated by t-digest and, in tables of more than "
    "100,000 rows, different values by HyperLogLog. Lengths are in characters."
)
PROBLEM = "The figures of these rows could not be counted; the rows themselves are stored as they are."
EXACT_ROWS = 100_000  # up to here different values are counted, beyond they are estimated
AT_ONCE = 40  # columns in one pass: the state of their quantiles stays within the bounded memory
NUMBER, LENGTH, TIME = "number", "length", "time"
_MEASURES = {"integer": NUMBER, "number": NUMBER, "text": LENGTH, "timestamp": TIME}


logger = logging.getLogger(__name__)


def statistics_of(
    path: Path, format: str, columns: Sequence[Mapping[str, str]], *, digest: str, rows: int
) -> dict[str, Any]:
    """The figures of a local file's rows; `digest` is the file's SHA-256, under which its rows are kept for reading.

    Figures are no condition of a commit: where they cannot be counted, `problem` says why and `columns` is empty.
    """
    try:
        return _counted(table_made(path, format, columns, digest=digest, rows=rows))
    except (DomainError, duckdb.Error, pa.ArrowException) as error:
        logger.warning("no statistics of %s: %s", digest[:12], type(error).__name__)  # its words may quote cells
        problem = error.message if isinstance(error, DomainError) else PROBLEM
        return {"method": METHOD.format(version=duckdb.__version__), "rows": rows, "columns": [], "problem": problem}


def _counted(table: Table) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    with opened(table.path) as connection:
        rows = int(_one(connection, f"SELECT count(*) FROM {table.source}")[0])
        for start in range(0, len(table.columns), AT_ONCE):
            some = table.columns[start : start + AT_ONCE]
            facts = [dict(item) for item in _facts(connection, table, some, is_exact=rows <= EXACT_ROWS)]
            _add_histograms(connection, table, some, facts)
            _add_categories(connection, table, some, facts, rows)
            found += facts
    return {"method": METHOD.format(version=duckdb.__version__), "rows": rows, "columns": found}


def _one(connection: duckdb.DuckDBPyConnection, question: str) -> tuple[Any, ...]:
    answer: tuple[Any, ...] = connection.execute(question).fetchall()[0]
    return answer


def measure_of(column: Column) -> tuple[str, str]:
    """What is measured of a column, and the expression that gives it as a number; empty where nothing is."""
    what = _MEASURES.get(column.kind, "")
    value = column.raw
    if what == NUMBER:
        as_double = f"TRY_CAST({value} AS DOUBLE)"
        return what, f"CASE WHEN isfinite({as_double}) THEN {as_double} END"
    if what == LENGTH:
        return what, f"length(CAST({value} AS VARCHAR))"
    # By way of text: Parquet's times of day and lengths of time have no cast to a moment, and no moment either.
    return what, f"epoch(TRY_CAST(CAST({value} AS VARCHAR) AS TIMESTAMP))" if what == TIME else ""


def _facts(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[Column], *, is_exact: bool
) -> Iterator[dict[str, Any]]:
    parts: list[str] = []
    distinct = "count(DISTINCT {})" if is_exact else "least(approx_count_distinct({0}), count({0}))"
    for column in columns:
        _, value = measure_of(column)
        parts += [f"count(*) - count({column.raw})", distinct.format(column.raw)]
        parts += (
            [f"min({value})", f"max({value})", f"avg({value})", f"stddev_samp({value})"]
            + [f"approx_quantile({value}, {list(QUANTILES)})"]
            if value
            else ["NULL"] * 5
        )
    answer = _one(connection, f"SELECT {', '.join(parts)} FROM {table.typed_source}")
    for place, column in enumerate(columns):
        nulls, different, *measured = answer[place * 7 : place * 7 + 7]
        what, _ = measure_of(column)
        facts: dict[str, Any] = {"name": column.name, "type": column.kind, "nulls": nulls, "distinct": different}
        yield facts | ({what: _figures(measured, what)} if what and measured[0] is not None else {})


def _figures(measured: Sequence[Any], what: str) -> dict[str, Any]:
    low, high, mean, deviation, quantiles = measured
    points = [float(point) for point in quantiles or []]
    names = ("q05", "q25", "median", "q75", "q95")
    figures: dict[str, Any] = {"low": low, "high": high, "mean": mean, "deviation": deviation}
    figures |= dict(zip(names, points, strict=False))
    plain = {name: _rounded(value) for name, value in figures.items()}
    if what != TIME:
        return plain
    return {"low": _moment(low), "high": _moment(high), "low_seconds": plain["low"], "high_seconds": plain["high"]}


def _rounded(value: Any) -> float | int | None:
    """Seven significant figures: more would be noise, and differ between machines by the order of addition."""
    if value is None or not isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(f"{value:.7g}")


def _moment(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):  # a year that Python's calendar does not have
        return None


def _add_histograms(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[Column], facts: list[dict[str, Any]]
) -> None:
    wanted = []
    for place, column in enumerate(columns):
        what, value = measure_of(column)
        figures = facts[place].get(what) if what else None
        low, high = _ends(figures, what)
        if low is not None and high is not None and isfinite(high - low):
            wanted.append((place, what, low, high, _bin(value, low, high)))
    if not wanted:
        return
    answer = _one(
        connection, f"SELECT {', '.join(f'histogram({item[4]})' for item in wanted)} FROM {table.typed_source}"
    )
    for (place, what, low, high, _), counts in zip(wanted, answer, strict=True):
        facts[place][what]["histogram"] = bins_of(_as_dict(counts), low, high)


def _ends(figures: Mapping[str, Any] | None, what: str) -> tuple[float | None, float | None]:
    suffix = "_seconds" if what == TIME else ""
    return (figures.get(f"low{suffix}"), figures.get(f"high{suffix}")) if figures else (None, None)


def _bin(value: str, low: float, high: float) -> str:
    """The number of the bin that a value falls into; the highest value belongs to the last."""
    if low == high:
        return f"CASE WHEN {value} IS NOT NULL THEN 0 END"
    share = f"(({value}) / {high - low!r}) - {low / (high - low)!r}"
    place = f"CAST(greatest(0, least({BINS - 1}, floor(({share}) * {BINS}))) AS INTEGER)"
    return f"CASE WHEN {value} IS NOT NULL THEN {place} END"  # greatest and least pass over what is empty


def _add_categories(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    facts: list[dict[str, Any]],
    rows: int,
) -> None:
    few = [
        (place, column)
        for place, column in enumerate(columns)
        if column.kind in ("text", "boolean") and 0 < facts[place]["distinct"] <= 2 * MOST_CATEGORIES
    ]
    if not few:
        return
    parts = ", ".join(f"histogram(CAST({column.raw} AS VARCHAR))" for _, column in few)
    for (place, _), counts in zip(few, _one(connection, f"SELECT {parts} FROM {table.typed_source}"), strict=True):
        found = categories_of(_as_dict(counts), rows)
        if found:
            facts[place]["categories"] = found


def _as_dict(counts: Any) -> dict[Any, int]:
    return dict(counts) if counts else {}
