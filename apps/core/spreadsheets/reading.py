"""One table out of a file that somebody brings: CSV in UTF-8, or a page of an XLSX workbook."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.core.foreign_text import MOST_BYTES, ForeignText
from apps.core.listing import as_meant
from apps.core.spreadsheets.bounds import MOST_COLUMNS, MOST_ROWS, refuse
from apps.core.spreadsheets.xlsx import cells_of
from apps.core.tables.delimited import mark_in

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TEXT = ForeignText("spreadsheet", "Save it as XLSX, or as “CSV UTF-8”.")


@dataclass(frozen=True)
class Line:
    """One row below the header: its number in the file, and its cells by column; empty cells are left out."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """The columns that the header names, in lower case and in their order, and the rows that hold anything."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read(content: bytes, page: str) -> Sheet:
    """The table in a file; of a workbook the page of this name, or the first. Raises Invalid.

    In CSV, the separator is that of the header, and what was put before a cell against formulas is taken away again.
    """
    if len(content) > MOST_BYTES:
        refuse(f"Such a file is read up to {MOST_BYTES // 1024 // 1024} MiB.", "too_large")
    if content.startswith(_OLD):
        refuse("This is an old or a protected workbook, which is not read.", "not_read")
    rows = cells_of(content, page) if content.startswith(_ZIP) else _csv_rows(_TEXT.text(content))
    return _sheet(rows)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    header = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=mark_in(header), strict=True)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # its words name no content
            refuse(f"Line {before + 1} cannot be read as CSV ({error}).", "not_csv")
        yield before + 1, [as_meant(cell) for cell in cells]
        before = reader.line_num


def _sheet(rows: Iterable[tuple[int, list[str]]]) -> Sheet:
    columns: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = _header(number, cells)
            continue
        if len(lines) == MOST_ROWS:
            refuse(f"Such a file has at most {MOST_ROWS} rows below its header.", "too_large")
        named = zip(columns, cells, strict=False)  # cells beyond the header belong to no column
        lines.append(Line(number, {name: cell for name, cell in named if name and cell}))
    if not columns:
        refuse("This file is empty.", "empty")
    return Sheet(tuple(columns), tuple(lines))


def _header(number: int, cells: list[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    doubled = [name for name in names if name and names.count(name) > 1]
    if doubled:
        refuse(f"Line {number} names two columns “{doubled[0][:40]}”.", "columns")
    if len(names) > MOST_COLUMNS:
        refuse(f"Such a file has at most {MOST_COLUMNS} columns.", "too_large")
    return names
