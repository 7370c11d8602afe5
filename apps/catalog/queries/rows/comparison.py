"""Which rows of two tables differ: by key where there is one, else by content, in any order.

By key, each row is held against the row of the same key; where a key stands in several rows, the first is held against
the first, the second against the second. By content, rows are counted: what one table has more often than the other was
added or removed. Only columns that both tables have are compared; what became of the others is the schema's change.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from apps.catalog.queries.rows.columns import Column, Table
from apps.catalog.queries.rows.values import cells_of, fetched
from apps.catalog.rules.diffs import ADDED, CHANGED, REMOVED
from apps.core.canonical import canonical_json

AT_ONCE = 20_000  # differences whose rows are looked up in one pass over both tables
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FLOATS = ("FLOAT", "DOUBLE")
_PLAIN = (*_NUMBERS, *_FLOATS, "BOOLEAN", "VARCHAR", "DATE", "TIMESTAMP", "TIME")


@dataclass(frozen=True)
class Pair:
    """A column that both tables have, with the values to hold against each other, and as text."""

    name: str
    before: str
    after: str
    differs: str
    before_text: str
    after_text: str
    is_direct: bool = False

    def key(self, side: str) -> str:
        """The value of one side that rows are found by."""
        return str(getattr(self, side if self.is_direct else f"{side}_text"))


@dataclass(frozen=True)
class Difference:
    """One row that differs. Numbers count from 0 in file order; a side that has no such row is None."""

    kind: str
    before_row: int | None
    after_row: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """How many rows differ, and how many share their key with another row of the same table.

    `changed` counts rows whose nested values have their keys in another order too; `differences` leaves them out.
    """

    added: int
    removed: int
    changed: int
    repeated_keys: int


class Comparison:
    """Two tables on one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, before: Table, after: Table) -> None:
        self._connection, self.before, self.after = connection, before, after
        self._types = [_types(connection, before), _types(connection, after)]
        theirs = {column.name: column for column in after.columns}
        self.pairs = [self._pair(column, theirs[column.name]) for column in before.columns if column.name in theirs]

    def _pair(self, before: Column, after: Column) -> Pair:
        return _paired(before, self._types[0][before.place], after, self._types[1][after.place])

    def is_unique(self, names: Sequence[str]) -> bool:
        """Whether these columns name each row of both tables once, and none is empty."""
        for side, table in (("before", self.before), ("after", self.after)):
            named = self._named(names)
            keys = ", ".join(pair.key(side) for pair in named)
            nulls = " OR ".join(f"{pair.key(side)} IS NULL" for pair in named)
            key = keys if len(named) == 1 else f"row({keys})"
            if self._number(f"SELECT count(*) - count(DISTINCT {key}) + count_if({nulls}) FROM {_as(table, side)}"):
                return False
        return True

    def _named(self, names: Sequence[str]) -> list[Pair]:
        return [pair for pair in self.pairs if pair.name in names]

    def _number(self, question: str) -> int:
        return int(self._connection.execute(question).fetchall()[0][0])

    def count(self, keys: Sequence[str]) -> Counted:
        """Find the differences, by these columns or, without any, by content. Call it once, before `differences`."""
        repeated = 0
        if keys and self.is_unique(keys):
            self._join_directly(self._named(keys))
        else:
            self._number_rows("before", self.before, keys)
            self._number_rows("after", self.after, keys)
            repeated = self._repeated() if keys else 0
            self._join_numbered(bool(keys))
        rows = dict(self._connection.execute("SELECT kind, count(*) FROM found GROUP BY kind").fetchall())
        return Counted(rows.get(ADDED, 0), rows.get(REMOVED, 0), rows.get(CHANGED, 0), repeated)

    def _join_directly(self, keys: list[Pair]) -> None:
        """Keys that name one row each: every column of the two rows is compared as it stands."""
        on = " AND ".join(f"{pair.key('before')} = {pair.key('after')}" for pair in keys)
        rest = [pair.differs for pair in self.pairs if pair not in keys]
        differs = " OR ".join(["before.n IS NULL", "after.n IS NULL", *rest])
        self._found(f"{_as(self.before, 'before')} FULL JOIN {_as(self.after, 'after')} ON {on} WHERE {differs}")

    def _number_rows(self, side: str, table: Table, keys: Sequence[str]) -> None:
        """Give each row the digest of its content, and its place among the rows of the same key or content."""
        texts = [getattr(pair, f"{side}_text") for pair in self.pairs]
        key = ", ".join(getattr(pair, f"{side}_text") for pair in self._named(keys)) if keys else ""
        whole = f"unhex(sha256(CAST(to_json([{', '.join(texts)}]) AS VARCHAR)))"
        name = f"unhex(sha256(CAST(to_json([{key}]) AS VARCHAR)))" if keys else whole
        self._connection.execute(
            f"CREATE TEMP TABLE {side}_rows AS SELECT name, whole, n, row_number() OVER (PARTITION BY name ORDER BY n)"
            f" AS turn FROM (SELECT {name} AS name, {whole} AS whole, {side}.n AS n FROM {_as(table, side)})"
        )

    def _repeated(self) -> int:
        return sum(self._number(f"SELECT count(*) FROM {side}_rows WHERE turn > 1") for side in ("before", "after"))

    def _join_numbered(self, by_key: bool) -> None:
        differs = "before.n IS NULL OR after.n IS NULL" + (" OR before.whole <> after.whole" if by_key else "")
        on = "before.name = after.name AND before.turn = after.turn"
        self._found(f"before_rows AS before FULL JOIN after_rows AS after ON {on} WHERE {differs}")

    def _found(self, source: str) -> None:
        kind = f"CASE WHEN before.n IS NULL THEN '{ADDED}' WHEN after.n IS NULL THEN '{REMOVED}' ELSE '{CHANGED}' END"
        order = f"CASE kind WHEN '{CHANGED}' THEN 0 WHEN '{ADDED}' THEN 1 ELSE 2 END, coalesce(after_row, before_row)"
        self._connection.execute(
            "CREATE TEMP TABLE found AS SELECT *, row_number() OVER () - 1 AS place FROM (SELECT * FROM"
            f" (SELECT {kind} AS kind, before.n AS before_row, after.n AS after_row FROM {source}) ORDER BY {order})"
        )

    def differences(self, on_progress: Callable[[float], None]) -> Iterator[Difference]:
        """Every difference with its rows: the changed ones first, then the added, then the removed, in file order."""
        total = self._number("SELECT count(*) FROM found")
        for start in range(0, total, AT_ONCE):
            yield from self._looked_up(start)
            on_progress(min(1.0, (start + AT_ONCE) / total))

    def _looked_up(self, start: int) -> Iterator[Difference]:
        old = ", ".join(f"before.{column.raw}" for column in self.before.columns)
        new = ", ".join(f"after.{column.raw}" for column in self.after.columns)
        marks = ", ".join(pair.differs for pair in self.pairs)
        question = (
            f"SELECT kind, before_row, after_row, [{marks}], {old}, {new}"
            f" FROM (SELECT * FROM found WHERE place >= {start} AND place < {start + AT_ONCE}) AS found"
            f" LEFT JOIN {_as(self.before, 'before')} ON before.n = before_row"
            f" LEFT JOIN {_as(self.after, 'after')} ON after.n = after_row ORDER BY place"
        )
        for row in fetched(self._connection, question):
            found = self._difference(row)
            if found.kind != CHANGED or found.columns:  # else only keys of nested values stand in another order
                yield found

    def _difference(self, row: Sequence[Any]) -> Difference:
        kind, before_row, after_row, marks, *values = row
        width = len(self.before.columns)
        old = cells_of(self.before.columns, values[:width]) if before_row is not None else None
        new = cells_of(self.after.columns, values[width:]) if after_row is not None else None
        names = [pair.name for pair, mark in zip(self.pairs, marks, strict=True) if mark and old and new]
        columns = tuple(name for name in names if old and new and not _is_same(old[name], new[name]))
        return Difference(kind, before_row, after_row, old, new, columns)


def _is_same(before: Any, after: Any) -> bool:
    """Whether two nested values differ in nothing but the order of their keys."""
    are_nested = isinstance(before, dict | list) and isinstance(after, dict | list)
    return are_nested and canonical_json(before) == canonical_json(after)


def _as(table: Table, side: str) -> str:
    return table.source.replace(" AS t(", f" AS {side}(")


def _types(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """DuckDB's types of a table's columns, by place."""
    return [str(line[1]) for line in connection.execute(f"DESCRIBE SELECT * FROM {table.source}").fetchall()]


def _paired(before: Column, old: str, after: Column, new: str) -> Pair:
    """How two columns of one name are compared: as they stand where that means the same, else as what they mean."""
    left, right = f"before.{before.raw}", f"after.{after.raw}"
    if old == new or (old in _NUMBERS + _FLOATS and new in _NUMBERS + _FLOATS):
        return _direct(before.name, left, old, right, new)
    if before.is_cells and new in _PLAIN:
        return _meant(before.name, left, f"TRY_CAST({left} AS {new})", right, right)
    if after.is_cells and old in _PLAIN:
        return _meant(before.name, left, left, right, f"TRY_CAST({right} AS {old})")
    return _as_text(before.name, left, old, right, new)


def _direct(name: str, left: str, old: str, right: str, new: str) -> Pair:
    if old not in _PLAIN:
        return _as_text(name, left, old, right, new)
    if old != new:
        left, right = f"CAST({left} AS DOUBLE)", f"CAST({right} AS DOUBLE)"
    return Pair(name, left, right, f"{left} IS DISTINCT FROM {right}", _text(left), _text(right), is_direct=True)


def _meant(name: str, left: str, old: str, right: str, new: str) -> Pair:
    """Cells of CSV against values with a type; a cell that is no such value stays the text that it is."""
    differs = f"({old} IS DISTINCT FROM {new} OR ({left} IS NULL) <> ({right} IS NULL))"
    before_text, after_text = f"coalesce({_text(old)}, {_text(left)})", f"coalesce({_text(new)}, {_text(right)})"
    return Pair(name, left, right, differs, before_text, after_text)


def _as_text(name: str, left: str, old: str, right: str, new: str) -> Pair:
    before, after = _json_text(left, old), _json_text(right, new)
    return Pair(name, before, after, f"{before} IS DISTINCT FROM {after}", before, after)


def _json_text(value: str, kind: str) -> str:
    """Nested values and odd types as JSON text; what is JSON or text already stays as it is."""
    return _text(value) if kind in (*_PLAIN, "JSON") else f"CAST(to_json({value}) AS VARCHAR)"


def _text(value: str) -> str:
    return f"CAST({value} AS VARCHAR)"
