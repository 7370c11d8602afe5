"""Content-addressed storage: a file is named by the SHA-256 of its bytes and never changes.

A file is kept whole (`put`) or in pieces that other files may share (`put_chunked`, see `apps.core.chunks`); whoever
reads it by its digest does not notice which.
"""

import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from apps.core import blobs, chunks
from apps.core.blobs import NO_ROOM, open_binary
from apps.core.chunks import Chunk, Chunked, Piece
from apps.core.errors import Conflict, NotFound, StorageFull

__all__ = ["CHUNK", "NO_ROOM", "Chunk", "Chunked", "Piece", "StorageFull", "Stored", "open_binary"]

CHUNK = blobs.BLOCK
# A copy that nobody asked for during a day is made again when it is needed; whoever has it open keeps it.
COPY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Stored:
    """What a file is after it was stored: SHA-256 (hexadecimal) and size in bytes."""

    digest: str
    size: int


def put(stream: BinaryIO, *, expect: str = "") -> Stored:
    """Store a stream without holding it in memory. With `expect`, refuse bytes of another digest.

    Raises Conflict for a digest that differs and StorageFull when no room is left; neither leaves anything behind.
    """
    with blobs.told_when_full(), blobs.arriving() as copy:
        digest, size = blobs.copied(stream, copy)
        if expect and expect != digest:
            raise blobs.differs(digest, expect)
        blobs.keep(Path(copy.name), blobs.name_of(digest))
        return Stored(digest, size)


def put_path(path: Path) -> Stored:
    """Store a local file."""
    with open_binary(path) as stream:
        return put(stream)


def put_chunked(pieces: Iterable[Piece], *, layout: str, expect: str = "") -> Chunked:
    """Store a file that comes in pieces (see `apps.core.tables.Reading`), each piece once, holding one at a time.

    `layout` names the format whose rows the pieces count. Raises Conflict for another digest than `expect` and
    StorageFull when no room is left, and lets what `pieces` raises pass; none of them leaves anything behind.
    """
    return chunks.put(pieces, layout, expect)


def chunks_of(digest: str, layout: str = "") -> list[Chunk]:
    """The chunks of a stored file in order, with the rows that `layout` (a table format) finds in each.

    A file that was stored whole is one chunk. Raises NotFound where nothing is stored under the digest.
    """
    found = chunks.chunks_of(digest, layout)
    if found is not None:
        return list(found)
    with blobs.opened(digest) as stream:
        return [Chunk(digest, stream.seek(0, os.SEEK_END), None)]


def chunk_path(chunk: Chunk) -> Path:
    """A local path with the bytes of one chunk, which are checked first. Raises Conflict for a changed one."""
    path = local_path(chunk.digest)
    if path.stat().st_size != chunk.size or digest_of_file(path) != chunk.digest:
        raise blobs.tampered(chunk.digest)
    return path


def exists(digest: str) -> bool:
    """Whether bytes of this digest are stored, whole or in pieces."""
    return blobs.exists(digest) or chunks.is_listed(digest)


def open(digest: str) -> BinaryIO:  # the module is used as `storage.open`
    """The stored bytes as a stream that can be sought. Raises NotFound when they are not there.

    Where they lie in pieces, a piece that was changed raises Conflict instead of being read.
    """
    try:
        return blobs.opened(digest)
    except NotFound:
        found = chunks.joined(digest)
        if found is None:
            raise
        return found


def local_path(digest: str) -> Path:
    """A path of this machine that holds the bytes: the stored file itself, or a verified copy of what lies elsewhere
    or in pieces. Raises NotFound when they are not there, Conflict when a copy would not have the digest.
    """
    stored = blobs.path_in_folder(digest)
    if stored is not None:
        return stored
    path = Path(settings.WORK_DIR) / "cache" / digest
    try:
        os.utime(path)  # asked for now
    except FileNotFoundError:
        _copy_to(path, digest)
    return path


def _copy_to(path: Path, digest: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path.parent)
    partial = path.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
    try:
        with blobs.told_when_full(), open(digest) as source, partial.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        if digest_of_file(partial) != digest:
            raise blobs.tampered(digest)
        partial.chmod(blobs.READ_ONLY)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Remove copies that nobody has asked for lately."""
    for path in folder.iterdir():
        try:
            if path.is_file() and time.time() - path.stat().st_mtime > COPY_SECONDS:
                path.unlink()
        except FileNotFoundError:  # another process clears as well
            continue


def digest_of_file(path: Path) -> str:
    """SHA-256 of a local file."""
    with open_binary(path) as stream:
        return blobs.digest_of_stream(stream)


def is_intact(digest: str) -> bool:
    """Whether the stored bytes still have the digest they are named by. Reads the whole file."""
    return digest_found(digest) == digest


def digest_found(digest: str) -> str:
    """The digest that the bytes stored under `digest` have now; empty where they are gone, or a piece of them was
    changed. Reads the whole file.
    """
    try:
        with open(digest) as stream:
            return blobs.digest_of_stream(stream)
    except (NotFound, Conflict):
        return ""
