"""A page of rows as a person may see it: cells in lines, findings hidden or marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.masking import Sight, spans_of
from apps.catalog.queries.rows.paging import Row, Wanted, version_rows_page
from apps.catalog.rules.masking import Line, Span, cut_lines, lines_of

PAGE_ROWS = 25
WIDE = 40  # characters
SHORT = 16  # characters that stay in one line: a date, a key, a label
MOST_CHARACTERS, MOST_LINES = 5_000, 200  # of one cell; a cell may hold megabytes
MOST_COLUMNS = 12  # shown unless somebody chooses others


@dataclass(frozen=True)
class Cell:
    """One cell: the column's name, its lines, and whether it holds nothing or is hidden altogether."""

    name: str
    lines: list[Line]
    is_empty: bool = False
    is_hidden: bool = False
    left_out: int = 0  # characters that the page does not show

    @property
    def is_wide(self) -> bool:
        """Whether its text needs room."""
        return len(self.lines) > 1 or any(len(piece.text) > WIDE for line in self.lines for piece in line.pieces)

    @property
    def is_short(self) -> bool:
        """Whether it is a word or a number that should stand in one line."""
        return len(self.lines) == 1 and sum(len(piece.text) for piece in self.lines[0].pieces) <= SHORT


@dataclass(frozen=True)
class ShownRow:
    """One row by its number and its cells."""

    number: int
    cells: list[Cell]

    @property
    def place(self) -> int:
        """Which row it is for people, who count from 1; files, filters and the API count from 0."""
        return self.number + 1


@dataclass(frozen=True)
class RowsShown:
    """One page of rows; `page` counts them for the links to the next."""

    rows: list[ShownRow]
    page: Page[int]
    columns: list[str]


def columns_chosen(version: DatasetVersion, chosen: Sequence[str]) -> list[str]:
    """The columns to show, in their order in the file: those chosen, else the first ones."""
    names = [column["name"] for column in version.columns]
    return [name for name in names if name in chosen] or names[:MOST_COLUMNS]


def rows_shown(sight: Sight, number: int, wanted: Wanted, columns: Sequence[str], size: int = PAGE_ROWS) -> RowsShown:
    """The page of that number, or the last, of the rows that are wanted. Raises Invalid for a filter that is wrong."""
    found = version_rows_page(sight.version, (number - 1) * size, size, wanted)
    page: Page[int] = Paginator(range(found.total), size).get_page(number)
    if page.number != number:
        found = version_rows_page(sight.version, (page.number - 1) * size, size, wanted)
    return RowsShown(shown(sight, found.rows, columns), page, list(columns))


def shown(sight: Sight, rows: Sequence[Row], columns: Sequence[str]) -> list[ShownRow]:
    """Rows as this person may see them."""
    spans = {} if sight.reason else spans_of(sight, [row.number for row in rows])
    return [
        ShownRow(row.number, [_cell(sight, row, name, spans.get(row.number, [])) for name in columns]) for row in rows
    ]


def _cell(sight: Sight, row: Row, name: str, spans: Sequence[Span]) -> Cell:
    value = row.cells[name]
    if value is None:
        return Cell(name, [], is_empty=True)
    if sight.hides_column(name):
        return Cell(name, [], is_hidden=True)
    here = [span for span in spans if span.column == name]
    lines, left_out = cut_lines(lines_of(value, here, is_hidden=not sight.may_read_raw), MOST_CHARACTERS, MOST_LINES)
    return Cell(name, lines, left_out=left_out)
