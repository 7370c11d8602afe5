"""Values out of DuckDB as JSON can say them, the same as `apps.core.tables.iter_rows` gives them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from apps.catalog.queries.rows.columns import Column
from apps.core.tables.parquet import json_values

AT_ONCE = 500  # rows made into Python objects together


def fetched(connection: duckdb.DuckDBPyConnection, question: str) -> Iterator[tuple[Any, ...]]:
    """The rows that a SELECT gives, a few in memory at a time."""
    for batch in connection.sql(question).to_arrow_reader(AT_ONCE):
        yield from zip(*(json_values(_plain(column)) for column in batch.columns), strict=True)


def _plain(column: pa.Array) -> pa.Array:
    """A column without the mark that it holds JSON or UUIDs: its text or bytes."""
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def cells_of(columns: Sequence[Column], values: Sequence[Any]) -> dict[str, Any]:
    """A row by column name, out of the raw values in the order of the columns."""
    return {column.name: _cell(column, value) for column, value in zip(columns, values, strict=True)}


def _cell(column: Column, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if column.is_json:
        return json.loads(value)
    if column.is_stored and column.kind == "integer" and not column.is_cells:
        return int(value)  # one beyond 64 bits is stored as decimal or text
    return value
