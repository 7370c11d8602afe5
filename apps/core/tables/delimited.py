"""CSV with a header row (RFC 4180); the separator may be a comma, a semicolon, a tab or a bar."""

import csv
from collections.abc import Iterator
from pathlib import Path

from apps.core.errors import Invalid
from apps.core.tables.lines import MAX_LINE_BYTES, lines, too_long, truncated
from apps.core.tables.schema import Schema

SEPARATORS = (",", ";", "\t", "|")
# The standard library's own bound of 128 KiB is too small for documents; the line bound applies instead.
csv.field_size_limit(MAX_LINE_BYTES + 1)


class _Record:
    """Feeds lines to the CSV reader and bounds how much one record may swallow through an open quotation mark."""

    def __init__(self, path: Path) -> None:
        self._lines = lines(path)
        self.first = self.number = 0
        self.ended = True
        self._spent = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number, self.ended = line.number, line.ended
            self.first = self.first or line.number
            self._spent += len(line.text) + 1
            if self._spent > MAX_LINE_BYTES:
                raise too_long(self.first)
            yield line.text + "\n"

    def done(self) -> None:
        self.first = self._spent = 0


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """Every record as text by column name, empty cells as None. Blank lines are passed over."""
    source = _Record(path)
    names: list[str] | None = None
    for cells in _records(csv.reader(source, strict=True, delimiter=separator(path)), source):
        if cells and names is None:
            names = [cell.strip() for cell in cells]
            schema.begin(names, source.first)
        elif cells and names is not None:
            row = _row(names, cells, source)
            schema.take_cells(row)
            yield dict(row)
        source.done()


def separator(path: Path) -> str:
    """The mark between cells: of those that are read, the one that stands most often outside quotes in the header."""
    header = next((line.text for line in lines(path) if line.text.strip()), "")
    outside_quotes = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside_quotes.count)


def _records(reader: Iterator[list[str]], source: _Record) -> Iterator[list[str]]:
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


def _row(names: list[str], cells: list[str], source: _Record) -> dict[str, str | None]:
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
