"""CSV with a header row (RFC 4180); the separator may be a comma, a semicolon, a tab or a bar."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from apps.core.errors import Invalid
from apps.core.tables.lines import MAX_LINE_BYTES, Record, lines, lines_of, too_long, truncated
from apps.core.tables.schema import Schema

SEPARATORS = (",", ";", "\t", "|")
# The standard library's own bound of 128 KiB is too small for documents; the line bound applies instead.
csv.field_size_limit(MAX_LINE_BYTES + 1)


class _Source:
    """Feeds lines to the CSV reader and bounds how much one record may swallow through an open quotation mark."""

    def __init__(self, stream: BinaryIO, before: int) -> None:
        self._lines = lines_of(stream, before)
        self.first, self.number = 0, before
        self.ended = True
        self._spent: list[bytes] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number, self.ended = line.number, line.ended
            self.first = self.first or line.number
            self._spent.append(line.raw)
            self._size += len(line.text) + 1
            if self._size > MAX_LINE_BYTES:
                raise too_long(self.first)
            yield line.text + "\n"

    def done(self) -> bytes:
        """The bytes of the record that has just been read."""
        raw = b"".join(self._spent)
        self.first = self._size = 0
        self._spent.clear()
        return raw


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """Every record as text by column name, empty cells as None. Blank lines are passed over."""
    with path.open("rb") as stream:
        yield from (row for _, row in records(stream, schema, separator(path)) if row is not None)


def records(
    stream: BinaryIO, schema: Schema, mark: str, before: int = 0, names: list[str] | None = None
) -> Iterator[Record]:
    """Every record's bytes with its row; the header and blank lines have none. `mark` stands between cells.

    Where `before` lines of the file are behind, `names` are the columns that its header gave.
    """
    source = _Source(stream, before)
    for cells in _records(csv.reader(source, strict=True, delimiter=mark), source):
        row: dict[str, object] | None = None
        if cells and names is None:
            names = [cell.strip() for cell in cells]
            schema.begin(names, source.first)
        elif cells and names is not None:
            found = _row(names, cells, source)
            schema.take_cells(found)
            row = dict(found)
        yield Record(source.done(), row)


def separator(path: Path) -> str:
    """The mark between cells: of those that are read, the one that stands most often outside quotes in the header."""
    header = next((line.text for line in lines(path) if line.text.strip()), "")
    return mark_in(header)


def mark_in(header: str) -> str:
    """The mark between cells that stands most often outside quotes in this line; a comma where none does."""
    outside_quotes = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside_quotes.count)


def _records(reader: Iterator[list[str]], source: _Source) -> Iterator[list[str]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # its words name no content
            if "unexpected end" in str(error):
                raise truncated(source.first or source.number) from None
            raise _ragged(source.first or source.number, f"cannot be read as CSV ({error})") from None
        yield cells


def _row(names: list[str], cells: list[str], source: _Source) -> dict[str, str | None]:
    if len(cells) != len(names):
        if len(cells) < len(names) and not source.ended:
            raise truncated(source.number)
        raise _ragged(source.first, f"has {len(cells)} cells where the header names {len(names)} columns")
    return {name: cell if cell != "" else None for name, cell in zip(names, cells, strict=True)}


def _ragged(number: int, reason: str) -> Invalid:
    return Invalid(
        f"Line {number} {reason}.",
        code="table.ragged",
        remedy="Put cells that contain the separator, quotation marks or line ends in double quotation marks.",
    )
