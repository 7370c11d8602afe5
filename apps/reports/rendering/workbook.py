"""A document as a workbook: gaps, points, and each table on a sheet of its own."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from apps.core import formatting
from apps.core.spreadsheets.writing import Page, workbook
from apps.reports.rendering.data import NOTICE
from apps.reports.rules.documents.content import (
    STATES,
    Block,
    Bullets,
    Document,
    FactList,
    Heading,
    Known,
    Paragraph,
    Picture,
    Point,
    Table,
)

_WHOLE = re.compile(r"[-−]?\d{1,3}(,\d{3})*|[-−]?\d+")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
NAME_MOST, WIDEST = 31, 60  # Excel's own bound of a sheet's name; characters of a column


def document_workbook(document: Document, made_at: datetime) -> bytes:
    """The document as XLSX. Every text stays a text, whatever it begins with."""
    pages = [_about(document), _gaps(document), _points(document), *_tables(document)]
    return workbook(pages, title=f"{document.title}: {document.subject}"[:255], made_at=made_at.astimezone(UTC))


def _about(document: Document) -> Page:
    rows = [
        ("Document", document.title),
        ("About", document.subject),
        ("Edition for", document.audience or "everybody"),
        *([("Period", document.period)] if document.period else []),
        ("Law", document.law),
        ("Official text", document.source_url),
        ("Kind and version", f"{document.kind}, version {document.version}"),
        ("Record of", document.taken_at),
        ("Made", document.made_at),
        ("Snapshot SHA-256", document.snapshot_digest),
        *((formatting.sentence(key), document.organisation.get(key, "")) for key in ("name", "address", "contact")),
        *((label, document.count(state)) for state, label in STATES.items()),
        *(("Note", note) for note in (*document.notes, NOTICE)),
    ]
    return Page("About", ("What", "Value"), rows, (24, 90))


def _gaps(document: Document) -> Page:
    rows = [(point.ref, point.title, gap.problem, gap.remedy) for point in document.points for gap in point.gaps]
    return Page("Gaps", ("Point", "Title", "What is missing", "What would settle it"), rows, (18, 40, 60, 60))


def _points(document: Document) -> Page:
    heads = ("Section", "Point", "Title", "State", "What is asked", "What is on record", "How it is known")
    rows = [
        (section.title, point.ref, point.title, point.state_label, point.asks, _words(point), _known(point.known))
        for section in document.sections
        for point in section.points
    ]
    return Page("Points", heads, rows, (28, 18, 36, 16, 50, 80, 60))


def _words(point: Point) -> str:
    told = [point.reason, *(_told(block) for block in point.blocks)]
    return "\n\n".join(one for one in told if one)


def _told(block: Block) -> str:
    if isinstance(block, Heading | Paragraph):
        return block.text
    if isinstance(block, FactList):
        return "\n".join(f"{name}: {value}" for name, value in block.rows)
    if isinstance(block, Bullets):
        return "\n".join(f"• {item}" for item in block.items)
    table = block if isinstance(block, Table) else block.values
    return f"Table “{table.title}” on its own sheet" if table.rows else f"Drawing “{table.title}” in the PDF"


def _known(known: Iterable[Known]) -> str:
    lines = (
        (formatting.sentence(one.status) + (", stale" if one.is_stale else ""), one.source, one.at, one.digest)
        for one in known
    )
    return "\n".join(" · ".join(part for part in line if part) for line in lines)


def _tables(document: Document) -> Iterator[Page]:
    number = 0
    for point in document.points:
        for block in point.blocks:
            table = block.values if isinstance(block, Picture) else block
            if isinstance(table, Table) and table.rows:
                number += 1
                yield _sheet(number, point, table)


def _sheet(number: int, point: Point, table: Table) -> Page:
    title = _FORBIDDEN.sub(" ", f"{number} {point.ref} {table.title}")
    rows = [[_cell(text, place in table.numeric) for place, text in enumerate(row)] for row in table.rows]
    widths = [
        min(WIDEST, max(10, len(head) + 4, *(len(row[place]) + 2 for row in table.rows[:200])))
        for place, head in enumerate(table.columns)
    ]
    return Page(" ".join(title.split())[:NAME_MOST].strip(), _heads(table.columns), rows, widths)


def _heads(columns: Iterable[str]) -> list[str]:
    """The heads, one that says nothing by its number."""
    return [head or f"Column {place}" for place, head in enumerate(columns, 1)]


def _cell(text: str, is_numeric: bool) -> Any:
    """A whole number as a number, so that it can be added up; everything else as it is printed."""
    if is_numeric and _WHOLE.fullmatch(text):
        return int(text.replace(",", "").replace("−", "-"))
    return text
