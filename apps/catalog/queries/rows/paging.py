"""Pages of rows: as they stand in the file, those that fit a filter, those that hold a word."""

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from django.conf import settings

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.columns import Column, Table
from apps.catalog.queries.rows.connection import opened, quoted
from apps.catalog.queries.rows.files import rows_in_chunks, table_of
from apps.catalog.queries.rows.filtering import compiled, told_in_words
from apps.catalog.queries.rows.values import cells_of, fetched
from apps.core.errors import Invalid

LONGEST_SEARCH = 200  # characters
MOST_CHARACTERS = 32 * 1024 * 1024  # of a page of rows; one that would be longer ends earlier


@dataclass(frozen=True)
class Row:
    """One row: its number, counted from 0 in file order, and its values by column name."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """A page of rows, and how many there are in all."""

    total: int
    rows: list[Row]


@dataclass(frozen=True)
class Wanted:
    """Which rows: those that fit an expression and hold a word in one of the columns; all where both are empty."""

    expression: str = ""
    search: str = ""
    columns: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether nothing is asked for."""
        return not self.expression.strip() and not self.search.strip()


def version_rows_page(version: DatasetVersion, start: int, count: int, wanted: Wanted) -> Rows:
    """A page of a version's rows, by the shortest way to them. Raises Invalid for a filter that is wrong."""
    if wanted.is_all:
        found = rows_in_chunks(version, start, count)
        if found is not None:
            return Rows(version.rows, [Row(number, cells) for number, cells in found])
    return rows_page(table_of(version), version.rows, start, count, wanted)


def rows_page(table: Table, total: int, start: int, count: int, wanted: Wanted | None = None) -> Rows:
    """`count` rows from place `start` on, of all rows (`total`) or of those that are wanted. Raises Invalid.

    Without a filter only the part of the file that holds them is read.
    """
    wanted = wanted or Wanted()
    with opened(table.path, seconds=settings.QUERY_SECONDS) as connection, told_in_words(table):
        if wanted.is_all:
            return Rows(total, _between(connection, table, start, count))
        found = _chosen(connection, table, wanted)
        numbers = [n for (n,) in fetched(connection, f"SELECT n FROM chosen ORDER BY n LIMIT {count} OFFSET {start}")]
        return Rows(found, _numbered(connection, table, numbers))


def rows_numbered(table: Table, numbers: Sequence[int]) -> list[Row]:
    """The rows of these numbers, in file order."""
    with opened(table.path, seconds=settings.QUERY_SECONDS) as connection:
        return _numbered(connection, table, numbers)


def _between(connection: duckdb.DuckDBPyConnection, table: Table, start: int, count: int) -> list[Row]:
    return _rows(connection, table, f"n >= {start} AND n < {start + count}")


def _numbered(connection: duckdb.DuckDBPyConnection, table: Table, numbers: Sequence[int]) -> list[Row]:
    return _rows(connection, table, f"n IN ({', '.join(map(str, numbers))})") if numbers else []


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, condition: str) -> list[Row]:
    question = f"SELECT n, {_raw(table.columns)} FROM {table.source} WHERE {condition} ORDER BY n"
    found: list[Row] = []
    room = MOST_CHARACTERS
    for n, *values in fetched(connection, question):
        found.append(Row(int(n), cells_of(table.columns, values)))
        room -= sum(len(value) for value in values if isinstance(value, str))
        if room < 0:
            break
    return found


def _raw(columns: Sequence[Column]) -> str:
    return ", ".join(column.raw for column in columns)


def _chosen(connection: duckdb.DuckDBPyConnection, table: Table, wanted: Wanted) -> int:
    """Put the numbers of the wanted rows into the table `chosen`; how many they are."""
    connection.execute(f"CREATE TEMP VIEW rows AS SELECT * FROM {table.typed_source}")
    has_search = bool(wanted.search.strip())
    is_filtered = bool(wanted.expression.strip()) or not has_search
    questions = [compiled(connection, table, wanted.expression)] if is_filtered else []
    if has_search:
        questions.append(_search(table, wanted))
    connection.execute(f"CREATE TEMP TABLE chosen AS {' INTERSECT '.join(f'({question})' for question in questions)}")
    return int(connection.execute("SELECT count(*) FROM chosen").fetchall()[0][0])


def _search(table: Table, wanted: Wanted) -> str:
    if len(wanted.search) > LONGEST_SEARCH or "\0" in wanted.search:
        raise Invalid(f"Search for at most {LONGEST_SEARCH} characters.", code="search.too_long")
    columns = [column for column in table.columns if not wanted.columns or column.name in wanted.columns]
    word = f"lower({quoted(wanted.search.strip())})"
    held = " OR ".join(f"contains(lower(CAST({column.raw} AS VARCHAR)), {word})" for column in columns)
    return f"SELECT n FROM {table.source} WHERE {held or 'false'}"


def rows_counted(table: Table, expression: str) -> tuple[int, str]:
    """How many rows fit an expression, and SHA-256 over their numbers, each as text with a line end."""
    with opened(table.path, seconds=settings.QUERY_SECONDS) as connection, told_in_words(table):
        count, sha = _chosen(connection, table, Wanted(expression)), hashlib.sha256()
        for (number,) in fetched(connection, "SELECT n FROM chosen ORDER BY n"):
            sha.update(f"{number}\n".encode())
    return count, sha.hexdigest()


def rows_streamed(table: Table, wanted: Wanted) -> Iterator[Row]:
    """The wanted rows, or all, in file order, for a download: a few in memory, however long it takes."""
    with opened(table.path) as connection, told_in_words(table):
        condition = ""
        if not wanted.is_all:
            _chosen(connection, table, wanted)
            condition = " WHERE n IN (SELECT n FROM chosen)"
        question = f"SELECT n, {_raw(table.columns)} FROM {table.source}{condition} ORDER BY n"
        for n, *values in fetched(connection, question):
            yield Row(int(n), cells_of(table.columns, values))


def numbers_of(table: Table, expression: str) -> "array[int]":
    """The numbers of the rows that fit an expression, in order; for work outside a request."""
    with opened(table.path) as connection, told_in_words(table):
        _chosen(connection, table, Wanted(expression))
        return array("q", (n for (n,) in fetched(connection, "SELECT n FROM chosen ORDER BY n")))
