"""Reading uploaded tables safely: JSON Lines, CSV, Parquet and plain text, streamed, with every size bounded.

``inspect`` reads a file through once and tells what it holds; ``Reading`` does so and gives its bytes in the pieces
that are stored; ``iter_rows`` gives its rows, ``iter_records`` each row's own bytes as well. All raise
``apps.core.errors.Invalid`` with a sentence, a line number where there is one, and what would make the file pass.
Messages never quote the content of a cell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apps.core.chunks import Piece
from apps.core.tables import delimited, jsonl, parquet, passes, text
from apps.core.tables.formats import CSV, JSONL, PARQUET, TEXT, detect
from apps.core.tables.lines import Record
from apps.core.tables.names import clean_filename
from apps.core.tables.schema import Column, Schema

__all__ = [
    "CSV", "JSONL", "PARQUET", "TEXT", "Column", "Piece", "Reading", "Record", "TableFacts", "clean_filename",
    "inspect", "iter_records", "iter_rows",
]  # fmt: skip


@dataclass(frozen=True)
class TableFacts:
    """What an uploaded table holds. ``rows`` counts data rows, without header and blank lines."""

    format: str  # jsonl | csv | parquet | text
    rows: int
    columns: tuple[Column, ...]
    encoding: str  # "utf-8", "utf-8-sig" (with byte order mark) or "binary" (Parquet)


class Reading:
    """One pass through a table that learns its rows and columns and cuts its bytes into pieces meanwhile.

    The format follows from the name's ending and is checked against the first bytes; Invalid where they do not fit.
    """

    def __init__(self, path: Path, filename: str) -> None:
        self.format, self.encoding = detect(path, clean_filename(filename))
        self._path = path
        self._schema = Schema()

    def pieces(self) -> Iterator[Piece]:
        """The file's bytes in order, each piece with the rows that end in it. Raises Invalid at the first fault."""
        yield from passes.PASSES[self.format](self._path, self._schema)
        if self._schema.rows == 0:
            raise self._schema.empty()

    def facts(self) -> TableFacts:
        """What the table holds, once every piece has been taken."""
        return TableFacts(self.format, self._schema.rows, self._schema.columns(), self.encoding)


def inspect(path: Path, filename: str) -> TableFacts:
    """Read the whole table once and tell its format, rows, columns and encoding. Raises Invalid."""
    reading = Reading(path, filename)
    for _ in reading.pieces():
        pass
    return reading.facts()


def iter_rows(path: Path, format: str) -> Iterator[dict[str, object]]:
    """The rows in file order, one at a time; every value can be written as JSON.

    CSV cells stay text (an empty cell is None); Parquet times become ISO 8601 text, decimals text, bytes base64.
    Raises Invalid at the first row that cannot be read.
    """
    readers = {JSONL: jsonl.rows, CSV: delimited.rows, PARQUET: parquet.rows, TEXT: text.rows}
    if format not in readers:
        raise ValueError(f"unknown table format {format!r}")
    yield from readers[format](path, Schema())


def iter_records(path: Path, format: str) -> Iterator[Record]:
    """The bytes of a JSON Lines, CSV or text file, record by record, each with its row; the header and blank lines
    have none. Together they are the file.
    """
    if format == CSV:
        with path.open("rb") as stream:
            yield from delimited.records(stream, Schema(), delimited.separator(path))
        return
    with path.open("rb") as stream:
        yield from {JSONL: jsonl.records, TEXT: text.records}[format](stream, Schema())
