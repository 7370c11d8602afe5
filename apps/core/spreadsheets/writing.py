"""An XLSX workbook that people can read, filter and fill in. No cell is a formula, whatever its text begins with."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CELL_MOST = 32_767  # characters; Excel's own bound of one cell
LIST_MOST = 255  # characters of all choices of one cell together; Excel's own bound
_CUT = " … [cut here: a cell holds at most 32,767 characters]"
HEAD, FILLED = "#DDE3EA", "#FFF8E1"


@dataclass(frozen=True)
class Page:
    """One page of a workbook: texts and whole numbers under a header that stays in sight.

    `widths` are in characters, in the order of the columns. `filled` are the columns that people fill in, which stand
    out by their colour. `choices` offers texts to choose from for the cell in a row and a column, both counted from 0.
    """

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[int]
    filled: frozenset[str] = frozenset()
    choices: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)


def workbook(pages: Sequence[Page], *, title: str, made_at: datetime) -> bytes:
    """The pages as one XLSX file; the same pages give the same bytes. Text over a cell's bound is cut, and says so."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    # A quoted cell stays a text when somebody edits it, even where it begins like a formula.
    looks = {"text_wrap": True, "valign": "top", "quote_prefix": True}
    plain, filled = book.add_format(looks), book.add_format(looks | {"bg_color": FILLED, "border": 4})
    head = book.add_format(looks | {"bold": True, "bg_color": HEAD})
    for page in pages:
        _write(book.add_worksheet(page.name), page, head, plain, filled)
    book.close()
    return stream.getvalue()


def _write(sheet: Worksheet, page: Page, head: Format, plain: Format, filled: Format) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    for column, (name, width) in enumerate(zip(page.headers, page.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    if page.rows:
        sheet.autofilter(0, 0, len(page.rows), len(page.headers) - 1)
    for number, row in enumerate(page.rows):
        for column, value in enumerate(row):
            _cell(sheet, number + 1, column, value, filled if page.headers[column] in page.filled else plain)
    for (number, column), offered in page.choices.items():
        _offer(sheet, number + 1, column, offered)


def _cell(sheet: Worksheet, row: int, column: int, value: Any, looks: Format) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value, looks)
    elif value in (None, ""):
        sheet.write_blank(row, column, None, looks)
    else:
        sheet.write_string(row, column, _fitting(str(value)), looks)


def _fitting(text: str) -> str:
    """A text that fits in a cell, whose bound counts UTF-16 units."""
    if len(text.encode("utf-16-le")) // 2 <= CELL_MOST:
        return text
    cut = text.encode("utf-16-le")[: 2 * (CELL_MOST - len(_CUT))]
    return cut.decode("utf-16-le", errors="ignore") + _CUT


def _offer(sheet: Worksheet, row: int, column: int, offered: Sequence[str]) -> None:
    """A list to choose from, where it fits; something else may still be typed, and is looked at on the way in."""
    if offered and len(",".join(offered)) <= LIST_MOST:
        rule = {"validate": "list", "source": list(offered), "error_type": "warning"}
        sheet.data_validation(row, column, row, column, rule)
