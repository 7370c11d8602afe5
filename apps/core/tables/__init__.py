"""Reading uploaded tables safely: JSON Lines, CSV, Parquet and plain text, streamed, with every size bounded.

``inspect`` reads a file through once and tells what it holds; ``iter_rows`` gives its rows. Both raise
``apps.core.errors.Invalid`` with a sentence, a line number where there is one, and what would make the file pass.
Messages never quote the content of a cell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apps.core.tables import delimited, jsonl, parquet, text
from apps.core.tables.formats import CSV, JSONL, PARQUET, TEXT, detect
from apps.core.tables.names import clean_filename
from apps.core.tables.schema import Column, Schema

__all__ = ["CSV", "JSONL", "PARQUET", "TEXT", "Column", "TableFacts", "clean_filename", "inspect", "iter_rows"]


@dataclass(frozen=True)
class TableFacts:
    """What an uploaded table holds. ``rows`` counts data rows, without header and blank lines."""

    format: str  # jsonl | csv | parquet | text
    rows: int
    columns: tuple[Column, ...]
    encoding: str  # "utf-8", "utf-8-sig" (with byte order mark) or "binary" (Parquet)


def inspect(path: Path, filename: str) -> TableFacts:
    """Read the whole table once and tell its format, rows, columns and encoding.

    The format follows from the name's ending and is checked against the first bytes. Raises Invalid.
    """
    kind, encoding = detect(path, clean_filename(filename))
    schema = Schema()
    rows = parquet.count(path, schema) if kind == PARQUET else sum(1 for _ in _rows(path, kind, schema))
    if rows == 0:
        raise schema.empty()
    return TableFacts(format=kind, rows=rows, columns=schema.columns(), encoding=encoding)


def iter_rows(path: Path, format: str) -> Iterator[dict[str, object]]:
    """The rows in file order, one at a time; every value can be written as JSON.

    CSV cells stay text (an empty cell is None); Parquet times become ISO 8601 text, decimals text, bytes base64.
    Raises Invalid at the first row that cannot be read.
    """
    return _rows(path, format, Schema())


def _rows(path: Path, kind: str, schema: Schema) -> Iterator[dict[str, object]]:
    readers = {JSONL: jsonl.rows, CSV: delimited.rows, PARQUET: parquet.rows, TEXT: text.rows}
    if kind not in readers:
        raise ValueError(f"unknown table format {kind!r}")
    return readers[kind](path, schema)
