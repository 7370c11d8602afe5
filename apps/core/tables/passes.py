"""One pass through a file of each format: rows and columns into the schema, bytes out in pieces."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from apps.core.chunks import Piece
from apps.core.tables import delimited, fast_csv, jsonl, parquet, text
from apps.core.tables.cuts import MOST, Cutter
from apps.core.tables.fast_json import FastJson
from apps.core.tables.formats import CSV, JSONL, PARQUET, TEXT
from apps.core.tables.lines import BLOCK_BYTES, MAX_LINE_BYTES, Record, blocks_of
from apps.core.tables.schema import Schema


def _jsonl(path: Path, schema: Schema) -> Iterator[Piece]:
    """By Arrow where that is sure of a block, line by line where it is not."""
    cutter, fast, number = Cutter(), FastJson(), 0
    with path.open("rb") as stream:
        for block in blocks_of(stream):
            doubtful = fast.doubtful(block)
            if doubtful is None:
                found = list(jsonl.records(io.BytesIO(block), schema, number))
                fast.learn([record.row for record in found if record.row is not None])
                yield from cutter.pieces((data, row is not None) for data, row in found)
            else:
                lines = block.split(b"\n") if doubtful else []
                for place in doubtful:
                    jsonl.check(lines[place] + b"\n", number + place + 1, schema)
                schema.count(block.count(b"\n") + (not block.endswith(b"\n")) - len(doubtful))
                yield from cutter.pieces((line, 1) for line in io.BytesIO(block))
            number += block.count(b"\n")
    yield from cutter.rest()


def _text(path: Path, schema: Schema) -> Iterator[Piece]:
    with path.open("rb") as stream:
        yield from _cut(text.records(stream, schema))


def _csv(path: Path, schema: Schema) -> Iterator[Piece]:
    """By Arrow as long as that is sure of a block, from there on record by record."""
    mark, cutter, number = delimited.separator(path), Cutter(), 0
    with path.open("rb") as stream:
        for record in delimited.records(stream, schema, mark):
            number += record.data.count(b"\n")
            yield from cutter.pieces([(record.data, 0)])
            if schema.names():
                break
        names, start = schema.names(), stream.tell()
        for block in _blocks_of_records(stream) if names else ():
            if not fast_csv.rows_taken(block, names, mark, schema):
                stream.seek(start)
                rest = delimited.records(stream, schema, mark, number, names)
                yield from cutter.pieces((data, row is not None) for data, row in rest)
                break
            yield from cutter.pieces(fast_csv.records_of(block))
            number, start = number + block.count(b"\n"), start + len(block)
    yield from cutter.rest()


def _blocks_of_records(stream: BinaryIO) -> Iterator[bytes]:
    """What is left in a stream, in blocks that end with a record; one whose end does not come is given as it is."""
    left = b""
    while data := stream.read(BLOCK_BYTES):
        data = left + data
        end = fast_csv.whole_records(data) or (len(data) if len(data) > MAX_LINE_BYTES else 0)
        if end:
            yield data[:end]
        left = data[end:]
    if left:
        yield left


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
