"""Lists whose order, filter and page stand in the address, and the same lists as CSV (RFC 4180)."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from apps.core.paging import BoundedPaginator

PAGE = 50
# A spreadsheet takes a cell that begins with one of these for a formula (CWE-1236). Apostrophes before it count too: so
# the one that is put before can be told from those that stood there, and be taken away again.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def rows_page(request: HttpRequest, rows: Any, size: int = PAGE, name: str = "page") -> Page[Any]:
    """The page of `rows` that the address asks for; a number that makes no sense shows the nearest page."""
    return BoundedPaginator(rows, size).get_page(request.GET.get(name))


def ordered(request: HttpRequest, rows: "QuerySet[Any]", columns: Mapping[str, str]) -> "QuerySet[Any]":
    """`rows` in the order that the address asks for; as they are for an order that `columns` does not offer.

    `columns` maps the name in the address to the field; the key decides between equal rows.
    """
    wanted = request.GET.get("sort", "")
    field = columns.get(wanted.removeprefix("-"))
    if field is None:
        return rows
    sign = "-" if wanted.startswith("-") else ""
    return rows.order_by(f"{sign}{field}", f"{sign}pk")


def wants_csv(request: HttpRequest) -> bool:
    """Whether the list is wanted as a file."""
    return request.GET.get("format") == "csv"


class _Echo:
    """A file whose lines are handed straight on."""

    def write(self, line: str) -> str:
        return line


def csv_answer(
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    is_exact: bool = False,
    is_marked: bool = False,
) -> StreamingHttpResponse:
    """The rows as a file that is written while it is read.

    Spreadsheets are its usual readers, so an apostrophe goes before whatever one would take for a formula; `is_exact`
    leaves every cell as it is, for programs. `is_marked` puts a byte order mark first, by which Excel knows UTF-8.
    """
    lines = _lines(headers, rows, is_exact)
    answer = StreamingHttpResponse(
        chain(["\ufeff"], lines) if is_marked else lines, content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = str(content_disposition_header(True, f"{name}.csv"))
    return answer


def _lines(headers: Sequence[str], rows: Iterable[Sequence[Any]], is_exact: bool) -> Iterator[str]:
    writer, written = csv.writer(_Echo()), _text if is_exact else harmless
    yield writer.writerow([written(name) for name in headers])
    for row in rows:
        yield writer.writerow([written(value) for value in row])


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def harmless(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; `as_meant` gives the text back."""
    text = _text(value)
    return f"'{text}" if _FORMULA.match(text) and not isinstance(value, int | float) else text


def as_meant(cell: str) -> str:
    """The text that `harmless` was given, or that somebody typed who knows nothing of it."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
