"""Large files in pieces: each piece is stored once under its own SHA-256, and a list under the whole file's digest.

Tables are cut at the ends of records, at places that their content decides (`apps.core.tables.cuts`), so two files
that share most of their rows share most of their chunks. Everything that reads a whole digest through
`apps.core.storage` reads such a file like any other.

To read by chunk: `storage.chunks_of(digest, format)` lists the chunks in file order with the number of rows that end
in each, so the first row of a chunk is the sum of `rows` before it; `storage.chunk_path(chunk)` gives its bytes as a
local file. A chunk of JSON Lines or text reads as a file of its own. Only the first chunk of a CSV holds the header.
Chunks of Parquet are runs of pages, of no use alone: there `rows` is counted where a row group ends.

The list is canonical JSON, `{"size": bytes, "layouts": {format: [[digest, size, rows], …]}}`, stored beside the files
as `chunked/ab/cd/<digest>`. One content may be read as two formats with other numbers of rows, hence the layouts.
"""

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, cast

from apps.core import blobs
from apps.core.canonical import canonical_json

LISTS = "chunked"


@dataclass(frozen=True)
class Piece:
    """Bytes of a file that are stored together, and the number of rows that end in them."""

    data: bytes
    rows: int


@dataclass(frozen=True)
class Chunk:
    """One stored piece. `rows` is None where the file was stored whole and nobody counted."""

    digest: str
    size: int
    rows: int | None


@dataclass(frozen=True)
class Chunked:
    """A file after it was stored in pieces: digest of the whole, sizes in bytes; `new_bytes` were not there before."""

    digest: str
    size: int
    chunks: tuple[Chunk, ...]
    new_bytes: int


def put(pieces: Iterable[Piece], layout: str, expect: str = "") -> Chunked:
    """Store a file that comes in pieces, holding one at a time. See `storage.put_chunked`."""
    with blobs.told_when_full(), _staging() as folder:
        found = _staged(pieces, folder)
        if expect and expect != found.digest:
            raise blobs.differs(found.digest, expect)
        listed = folder / "list"
        with listed.open("wb") as copy:
            copy.write(canonical_json(_list_with(found, layout)))
            blobs.settle(copy)
        _publish(folder, found, listed)
    return found


@contextmanager
def _staging() -> Iterator[Path]:
    """A folder where new chunks wait until all have come: a refused or interrupted file leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(dir=blobs.incoming()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _staged(pieces: Iterable[Piece], folder: Path) -> Chunked:
    whole, chunks, seen, new = hashlib.sha256(), list[Chunk](), set[str](), 0
    for piece in pieces:
        whole.update(piece.data)
        digest = hashlib.sha256(piece.data).hexdigest()
        chunks.append(Chunk(digest, len(piece.data), piece.rows))
        if digest not in seen and not _is_stored(digest, piece.data):
            new += 0 if blobs.exists(digest) else len(piece.data)  # one that somebody changed is healed, not new
            with (folder / digest).open("wb") as copy:
                copy.write(piece.data)
                blobs.settle(copy)
        seen.add(digest)
    return Chunked(whole.hexdigest(), sum(chunk.size for chunk in chunks), tuple(chunks), new)


def _is_stored(digest: str, data: bytes) -> bool:
    """Whether the very bytes are there. What lies on this machine is compared; of what lies elsewhere the name is.

    What is there is marked as asked for now, so that no sweep takes it before the list that names it is written
    (`apps.core.sweeping`); what a sweep took at this very moment is stored anew.
    """
    if not blobs.in_folder():
        return blobs.exists(digest)
    path = blobs.path_in_folder(digest)
    try:
        if path is None or path.stat().st_size != len(data) or path.read_bytes() != data:
            return False
        os.utime(path)
    except (FileNotFoundError, PermissionError):
        return False
    return True


def _publish(folder: Path, found: Chunked, listed: Path) -> None:
    """Move the list and every staged chunk to their names; the folders first, so that the moves need no room.

    The list goes first: a process that is killed in between leaves no chunk that no list names, which no sweep finds.
    """
    staged = [digest for digest in dict.fromkeys(chunk.digest for chunk in found.chunks) if (folder / digest).exists()]
    if blobs.in_folder():
        for digest in staged:
            blobs.place_of(blobs.name_of(digest))
    _replace(listed, blobs.name_of(found.digest, LISTS))
    for digest in staged:
        blobs.keep(folder / digest, blobs.name_of(digest))


def _list_with(found: Chunked, layout: str) -> dict[str, Any]:
    known = _list_of(found.digest)
    layouts = known["layouts"] if known else {}
    rows = [[chunk.digest, chunk.size, chunk.rows] for chunk in found.chunks]
    return {"size": found.size, "layouts": layouts | {layout: rows}}


def _replace(listed: Path, name: str) -> None:
    """Put the list in its place; it is the one file whose name does not follow from its own bytes."""
    if not blobs.in_folder():
        blobs.backend().delete(name)
    blobs.keep(listed, name)


def _list_of(digest: str) -> dict[str, Any] | None:
    """The stored list of a file's chunks; None where there is none. Raises Conflict for one that somebody spoilt."""
    try:
        with blobs.backend().open(blobs.name_of(digest, LISTS), "rb") as stream:
            found: dict[str, Any] = json.loads(stream.read())
    except FileNotFoundError:
        return None
    except ValueError:
        raise blobs.tampered(digest) from None
    if not _is_list(found):
        raise blobs.tampered(digest)
    return found


def _is_list(found: Any) -> bool:
    layouts = found.get("layouts") if isinstance(found, dict) else None
    if not isinstance(layouts, dict) or not layouts:
        return False
    rows = [row for layout in layouts.values() if isinstance(layout, list) for row in layout]
    return bool(rows) and all(isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) for row in rows)


def is_listed(digest: str) -> bool:
    """Whether a file of this digest is stored in pieces."""
    return blobs.backend().exists(blobs.name_of(digest, LISTS))


def chunks_of(digest: str, layout: str = "") -> tuple[Chunk, ...] | None:
    """The chunks of a file, in order; None where it is not stored in pieces.

    `layout` is the format whose rows are counted. Where the file was never read as that format, rows are None.
    """
    found = _list_of(digest)
    if found is None:
        return None
    layouts = found["layouts"]
    rows = layouts.get(layout)
    if rows is not None or not layout:
        return tuple(Chunk(*row) for row in rows or next(iter(layouts.values())))
    return tuple(Chunk(name, size, None) for name, size, _ in next(iter(layouts.values())))


def digests_in(digest: str) -> set[str]:
    """Every chunk that the list of a file names, in whatever layout; none without a list. Raises Conflict for a spoilt
    one.
    """
    found = _list_of(digest)
    return {row[0] for layout in found["layouts"].values() for row in layout} if found else set()


def joined(digest: str) -> BinaryIO | None:
    """The whole file as a stream; None where it is not stored in pieces. Raises NotFound where one of them is gone."""
    chunks = chunks_of(digest)
    if chunks is None:
        return None
    # Before the first byte is given; asking a remote store for thousands would take longer than reading them.
    for chunk in chunks if blobs.in_folder() else chunks[:1]:
        if not blobs.exists(chunk.digest):
            raise blobs.missing(digest)
    return cast(BinaryIO, io.BufferedReader(Joined(chunks), blobs.BLOCK))


class Joined(io.RawIOBase):
    """Chunks one after the other, each checked against its digest before any of its bytes are given.

    Holds one chunk at a time. Raises NotFound for a chunk that is gone and Conflict for one that was changed.
    """

    def __init__(self, chunks: tuple[Chunk, ...]) -> None:
        self._chunks = chunks
        self._starts = [0, *accumulate(chunk.size for chunk in chunks)]
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._starts[-1]:
            return 0
        index = self._index()
        data = self._data(index)
        start = self._at - self._starts[index]
        take = min(len(buffer), len(data) - start)
        buffer[:take] = data[start : start + take]
        self._at += take
        return take

    def _index(self) -> int:
        index = self._held[0]
        if 0 <= index < len(self._chunks) and self._starts[index] <= self._at < self._starts[index + 1]:
            return index
        low, high = 0, len(self._chunks) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._starts[middle + 1] <= self._at else (low, middle)
        return low

    def _data(self, index: int) -> bytes:
        if self._held[0] != index:
            self._held = (index, checked(self._chunks[index]))
        return self._held[1]


def checked(chunk: Chunk) -> bytes:
    """The bytes of one chunk. Raises Conflict where they no longer have their digest."""
    with blobs.opened(chunk.digest) as stream:
        data = stream.read()
    if len(data) != chunk.size or hashlib.sha256(data).hexdigest() != chunk.digest:
        raise blobs.tampered(chunk.digest)
    return data
