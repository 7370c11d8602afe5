"""One pass through a file of each format: rows and columns into the schema, bytes out in pieces."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from apps.core.chunks import Piece
from apps.core.tables import delimited, jsonl, parquet, text
from apps.core.tables.cuts import MOST, Cutter
from apps.core.tables.formats import CSV, JSONL, PARQUET, TEXT
from apps.core.tables.lines import Record
from apps.core.tables.schema import Schema


def _jsonl(path: Path, schema: Schema) -> Iterator[Piece]:
    with path.open("rb") as stream:
        yield from _cut(jsonl.records(stream, schema))


def _text(path: Path, schema: Schema) -> Iterator[Piece]:
    with path.open("rb") as stream:
        yield from _cut(text.records(stream, schema))


def _csv(path: Path, schema: Schema) -> Iterator[Piece]:
    with path.open("rb") as stream:
        yield from _cut(delimited.records(stream, schema, delimited.separator(path)))


def _cut(records: Iterator[Record]) -> Iterator[Piece]:
    cutter = Cutter()
    yield from cutter.pieces((data, row is not None) for data, row in records)
    yield from cutter.rest()


def _parquet(path: Path, schema: Schema) -> Iterator[Piece]:
    """Every page is decoded first; then the bytes are cut where pages end, which changes only where pages change."""
    schema.rows = parquet.count(path, schema)
    cutter, at = Cutter(), 0
    with path.open("rb") as stream:
        for end, rows in parquet.page_ends(path):
            yield from cutter.pieces(_page(stream, end - at, rows))
            at = end
    yield from cutter.rest()


def _page(stream: BinaryIO, size: int, rows: int) -> Iterator[tuple[bytes, int]]:
    """The next bytes of the file up to a page's end, at most `MOST` at a time; the rows stand with the last."""
    while size > 0:
        data = stream.read(min(size, MOST))
        if not data:
            raise parquet.damaged("became shorter while it was read")
        size -= len(data)
        yield data, 0 if size else rows


PASSES: dict[str, Callable[[Path, Schema], Iterator[Piece]]] = {
    JSONL: _jsonl,
    CSV: _csv,
    PARQUET: _parquet,
    TEXT: _text,
}
