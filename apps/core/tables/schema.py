"""The columns of a table as they emerge row by row."""

import re
from dataclasses import dataclass
from datetime import datetime

from apps.core.errors import Invalid
from apps.core.tables.exact import is_kept

MAX_COLUMNS = 2000
MAX_NAME = 200  # characters
# A hundred million rows are far beyond what tuning data needs; a few bytes of Parquet can claim more than any disk.
MAX_ROWS = 100_000_000
INTEGER, NUMBER, BOOLEAN, TEXT, TIME, EMPTY = "integer", "number", "boolean", "text", "timestamp", "empty"
JSON_TYPES = {bool: BOOLEAN, int: INTEGER, float: NUMBER, str: TEXT, list: "list", dict: "object"}
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_LONG_INTEGER = re.compile(r"[+-]?\d{19,}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class Column:
    """``type``: integer, number, boolean, text, timestamp, list, object, binary, or empty (no value in any row)."""

    name: str
    type: str


class Schema:
    """Column names and types, merged over the rows seen so far."""

    def __init__(self) -> None:
        self._types: dict[str, str] = {}
        self.rows = 0

    def columns(self) -> tuple[Column, ...]:
        return tuple(Column(name, kind) for name, kind in self._types.items())

    def begin(self, names: list[str], line: int | None) -> None:
        """Take the column names; Invalid for duplicates, blanks, too many or unreadable ones."""
        where = f"Line {line}" if line else "The file"
        if len(names) > MAX_COLUMNS:
            raise Invalid(
                f"{where} names {len(names)} columns; at most {MAX_COLUMNS} are read.",
                code="table.too_many_columns",
                remedy="Keep the columns you need.",
            )
        seen: dict[str, int] = {}
        for position, name in enumerate(names, start=1):
            if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
                raise _bad_name(where, position)
            if name in seen:
                raise duplicate(f"{where} gives columns {seen[name]} and {position} the same name.")
            seen[name] = position
        self._types = dict.fromkeys(names, EMPTY)

    def declare(self, name: str, kind: str) -> None:
        self._types[name] = kind

    def names(self) -> list[str]:
        return list(self._types)

    def type_of(self, name: str) -> str:
        return self._types[name]

    def count(self, rows: int = 1) -> None:
        """So many rows more. Raises Invalid beyond MAX_ROWS."""
        self.rows += rows
        if self.rows > MAX_ROWS:
            raise too_many_rows()

    def take_object(self, row: dict[str, object], line: int) -> None:
        """A JSON row: the same keys as the first, each of a type that fits what came before (null fits all)."""
        if not self._types:
            self.begin(list(row), line)
        if row.keys() != self._types.keys():
            raise _other_columns(line, set(row), set(self._types))
        for name, value in row.items():
            if value is None:
                continue
            kind, known = JSON_TYPES[type(value)], self._types[name]
            if kind != known:
                self._types[name] = _merge_json(known, kind, name, line)
        self.count()

    def take_cells(self, row: dict[str, str | None]) -> None:
        """A CSV row: text can hold anything, so types only widen, integer to number to text."""
        for name, cell in row.items():
            self.take_cell(name, cell)
        self.count()

    def take_cell(self, name: str, cell: str | None) -> None:
        """One cell of a CSV row."""
        if cell is not None and self._types[name] != TEXT:
            self.widen(name, _cell_type(cell, self._types[name]))

    def widen(self, name: str, kind: str) -> None:
        """Let a CSV column's type hold values of another kind as well."""
        self._types[name] = _widen(self._types[name], kind)

    def empty(self) -> Invalid:
        what = "a header but no row" if self._types else "no row"
        return Invalid(f"The file holds {what}.", code="table.empty", remedy="Upload a file with at least one row.")


def too_many_rows() -> Invalid:
    return Invalid(
        f"The table has more than {MAX_ROWS:,} rows.", code="table.too_many_rows", remedy="Split it into several files."
    )


def duplicate(message: str) -> Invalid:
    return Invalid(message, code="table.duplicate_column", remedy="Give every column a name of its own.")


def _bad_name(where: str, position: int) -> Invalid:
    return Invalid(
        f"{where} gives column {position} no readable name of at most {MAX_NAME} characters.",
        code="table.column_name",
        remedy="Begin the file with a row of short column names, without empty ones.",
    )


def _other_columns(line: int, here: set[str], expected: set[str]) -> Invalid:
    missing, added = sorted(expected - here), sorted(here - expected)
    parts = [f"lacks {_list(missing)}"] * bool(missing) + [f"adds {_list(added)}"] * bool(added)
    return Invalid(
        f"Line {line} has other columns than the lines before: it {' and '.join(parts)}.",
        code="table.mixed_schema",
        remedy="Give every row the same keys (null where there is no value), or upload two files.",
    )


def _list(names: list[str]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _merge_json(known: str, kind: str, name: str, line: int) -> str:
    if known == EMPTY:
        return kind
    if {known, kind} == {INTEGER, NUMBER}:
        return NUMBER
    raise Invalid(
        f"Line {line} holds {kind} in column '{name[:40]}', where the lines before hold {known}.",
        code="table.mixed_schema",
        remedy="Write the column in one type throughout, for example every value as text.",
    )


def _cell_type(cell: str, known: str) -> str:
    """Digits that would not all be kept as a number are text: long whole numbers are mostly identifiers anyway."""
    if _INTEGER.fullmatch(cell):
        return INTEGER
    if _NUMBER.fullmatch(cell):
        return NUMBER if not _LONG_INTEGER.fullmatch(cell) and is_kept(cell) else TEXT
    if cell.lower() in ("true", "false"):
        return BOOLEAN
    return TIME if known in (EMPTY, TIME) and _is_time(cell) else TEXT


def _is_time(cell: str) -> bool:
    if len(cell) < 10 or not cell[:4].isdigit():
        return False
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _widen(known: str, kind: str) -> str:
    if known in (EMPTY, kind):
        return kind
    return NUMBER if {known, kind} == {INTEGER, NUMBER} else TEXT
