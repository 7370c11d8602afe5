"""How large a Parquet file is once decompressed, told from its page headers alone.

Formats: https://github.com/apache/parquet-format (PageHeader in parquet.thrift) and the Thrift compact protocol,
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq

MAX_PAGES = 2_000_000
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
_INTEGERS = (4, 5, 6)  # i16, i32, i64: zigzag variable-length
_UNCOMPRESSED, _COMPRESSED = 2, 3  # field numbers of PageHeader


@dataclass(frozen=True)
class Extent:
    """Bytes after decompression: of all pages together, and of the largest page of every column added up."""

    decompressed: int
    widest_pages: int


def footer_size(path: Path) -> int | None:
    """Bytes of the metadata at the end; None where the file does not end as an unencrypted Parquet file."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 8))
        tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    return length if tail[4:] == b"PAR1" and length + 12 <= size else None


def measure(path: Path, facts: pq.FileMetaData) -> Extent:
    """Walk every page header. Raises ValueError or EOFError where a header makes no sense."""
    widest = [0] * facts.num_columns
    total = pages = 0
    with path.open("rb") as stream:
        filled = [g for g in range(facts.num_row_groups) if facts.row_group(g).num_rows != 0]
        for group in filled:
            for index in range(facts.num_columns):
                chunk = facts.row_group(group).column(index)
                for size, _ in _pages(stream, _start(chunk), chunk.total_compressed_size):
                    total, pages = total + size, pages + 1
                    widest[index] = max(widest[index], size)
                    if pages > MAX_PAGES:
                        raise ValueError("too many pages")
    return Extent(total, sum(widest))


def ends(path: Path, facts: pq.FileMetaData) -> Iterator[tuple[int, int]]:
    """Where each page ends in the file, in order, and how many rows do: those of a row group at its last page."""
    found: dict[int, int] = {}
    with path.open("rb") as stream:
        for number in range(facts.num_row_groups):
            group, last = facts.row_group(number), 0
            for index in range(facts.num_columns if group.num_rows else 0):
                chunk = group.column(index)
                for _, end in _pages(stream, _start(chunk), chunk.total_compressed_size):
                    found.setdefault(end, 0)
                    last = max(last, end)
            found[last] = found.get(last, 0) + group.num_rows
    size = path.stat().st_size
    yield from sorted((end, rows) for end, rows in found.items() if 0 < end < size)
    yield size, 0


def _start(chunk: pq.ColumnChunkMetaData) -> int:
    first = int(chunk.data_page_offset)
    return min(first, int(chunk.dictionary_page_offset)) if chunk.has_dictionary_page else first


def _pages(stream: BinaryIO, start: int, length: int) -> list[tuple[int, int]]:
    """Decompressed sizes of the pages of one column chunk, each with the place in the file where it ends."""
    if length == 0:
        return []
    if start < 4 or length < 0:
        raise ValueError("column chunk outside the file")
    position, found = start, list[tuple[int, int]]()
    while position < start + length:
        stream.seek(position)
        fields = _read_struct(stream, 0)
        uncompressed, compressed = fields[_UNCOMPRESSED], fields[_COMPRESSED]
        if uncompressed < 0 or compressed < 0:
            raise ValueError("negative page size")
        position = stream.tell() + compressed
        found.append((uncompressed, position))
    return found


def _read_struct(stream: BinaryIO, depth: int) -> dict[int, int]:
    """The integer fields of a struct by number (0 where absent or of another type); the rest is passed over."""
    if depth > 8:
        raise ValueError("nested too deeply")
    fields = dict.fromkeys((_UNCOMPRESSED, _COMPRESSED), -1) if depth == 0 else {}
    number = 0
    while (head := _byte(stream)) != _STOP:
        kind, step = head & 15, head >> 4
        number = number + step if step else _zigzag(_varint(stream))
        if kind in _INTEGERS:
            fields[number] = _zigzag(_varint(stream))
        else:
            _skip(stream, kind, depth)
    return fields


def _skip(stream: BinaryIO, kind: int, depth: int) -> None:
    if kind in (_TRUE, _FALSE):
        return
    if kind == _BYTE:
        _byte(stream)
    elif kind in _INTEGERS:
        _varint(stream)
    elif kind == _DOUBLE:
        stream.seek(8, 1)
    elif kind == _BINARY:
        stream.seek(_varint(stream), 1)
    elif kind == _STRUCT:
        _read_struct(stream, depth + 1)
    elif kind in (_LIST, _SET):
        _skip_list(stream, depth)
    else:
        raise ValueError("unknown Thrift type")


def _skip_list(stream: BinaryIO, depth: int) -> None:
    head = _byte(stream)
    size = head >> 4 if head >> 4 < 15 else _varint(stream)
    if size > 10_000 or depth > 8:
        raise ValueError("list too long")
    for _ in range(size):
        kind = head & 15
        _byte(stream) if kind in (_TRUE, _FALSE) else _skip(stream, kind, depth + 1)


def _byte(stream: BinaryIO) -> int:
    read = stream.read(1)
    if not read:
        raise EOFError
    return read[0]


def _varint(stream: BinaryIO) -> int:
    value = shift = 0
    while True:
        byte = _byte(stream)
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7
        if shift > 63:
            raise ValueError("number too long")


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
