"""The columns of a table as DuckDB reads them, whatever they are called and however they were stored.

Columns are known to DuckDB as c0, c1, … by their place, because its names ignore case and a file's names do not. The
column `n` is the row's number: its place in the file, from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.catalog.queries.rows.connection import quoted

JSON_KINDS = frozenset({"list", "object"})
# What the cells of a CSV file mean, of the types that `apps.core.tables` tells.
_CELL_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP"}
_STORED_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "list": "JSON", "object": "JSON"}


@dataclass(frozen=True)
class Column:
    """One column. `kind` is the type that `apps.core.tables` told, `is_cells`: a CSV file holds it as text;
    `is_stored`: the types are ours, not those of an uploaded Parquet file."""

    place: int
    name: str
    kind: str
    is_cells: bool = False
    is_stored: bool = True

    @property
    def raw(self) -> str:
        """The value as it stands in the file."""
        return f"c{self.place}"

    @property
    def stored_type(self) -> str:
        """DuckDB's type of the value in a file that was made out of JSON Lines, CSV or text."""
        return "VARCHAR" if self.is_cells else _STORED_TYPES.get(self.kind, "VARCHAR")

    @property
    def typed(self) -> str:
        """The value as what it means: cells of CSV are text in the file and numbers to whoever compares them."""
        if self.is_cells:
            meant = _CELL_TYPES.get(self.kind)
            return f"TRY_CAST({self.raw} AS {meant})" if meant else self.raw
        return f"CAST({self.raw} AS JSON)" if self.is_json else self.raw

    @property
    def is_json(self) -> bool:
        """Whether the value is stored as JSON text: nested values of JSON Lines."""
        return self.is_stored and self.kind in JSON_KINDS


@dataclass(frozen=True)
class Table:
    """A Parquet file with rows, and its columns."""

    path: Path
    columns: tuple[Column, ...]

    @property
    def source(self) -> str:
        """The table in a FROM clause, called `t`, its columns by place and `n`."""
        names = ", ".join([*(column.raw for column in self.columns), "n"])
        options = "file_row_number = true, hive_partitioning = false"
        return f"read_parquet({quoted(self.path)}, {options}) AS t({names})"

    @property
    def typed_source(self) -> str:
        """The same with every value as what it means, in brackets and called `t`."""
        values = ", ".join([*(f"{column.typed} AS {column.raw}" for column in self.columns), "n"])
        return f"(SELECT {values} FROM {self.source}) AS t"


def columns_of(format: str, columns: Sequence[Mapping[str, str]]) -> tuple[Column, ...]:
    """The columns of a stored version, out of its `format` and `columns`."""
    is_cells, is_stored = format == "csv", format != "parquet"
    return tuple(Column(place, item["name"], item["type"], is_cells, is_stored) for place, item in enumerate(columns))
