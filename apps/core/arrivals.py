"""Files that arrive in pieces, over days and over broken connections, beside the stored files.

How far a file has come is its length and nothing else: a process may be killed between any two bytes.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from apps.core import blobs
from apps.core.errors import Conflict, DomainError, NotFound, StorageFull

BLOCK = 1024 * 1024
_TURN, _PIECE = ".turn", ".piece"


class Damaged(DomainError):
    """A piece arrived with another checksum than it was sent with (tus 1.0, 460 Checksum Mismatch)."""

    status = 460
    default_code = "checksum.differs"


@dataclass(frozen=True)
class Checksum:
    """What a piece must have: the algorithm by its name in hashlib, and the digest."""

    algorithm: str
    digest: bytes


def folder() -> Path:
    """Where files arrive: on the disk of the stored ones, or on this machine's where an object store holds those."""
    return blobs.incoming()


def path(name: str) -> Path:
    """The local file of an arrival. Raises NotFound when there is none."""
    found = folder() / name
    if not found.is_file():
        raise NotFound("What had arrived of this file is gone.", code="upload.gone", remedy="Send the file again.")
    return found


def length(name: str) -> int:
    """How many bytes have arrived. Raises NotFound when there is no such arrival."""
    return path(name).stat().st_size


def begin(name: str, size: int) -> None:
    """Make the empty file. Raises StorageFull when `size` bytes would not fit now."""
    with _room(size):
        home = folder()
        if shutil.disk_usage(home).free < size:
            raise OSError(errno.ENOSPC, "the disk has less left than this file needs")
        (home / name).touch(exist_ok=False)


def remove(name: str) -> None:
    """Take away what has arrived; whoever still sends to it is refused."""
    for found in (folder() / f"{name}{_TURN}", folder() / name):
        found.unlink(missing_ok=True)


def append(name: str, offset: int, blocks: Iterable[bytes], *, checksum: Checksum | None = None) -> int:
    """Write `blocks` behind the first `offset` bytes as they come, and return the new length.

    Raises Conflict when the file does not end at `offset`, or when another request goes on with it meanwhile, Damaged
    for a wrong checksum and StorageFull when the disk is. What was written until then stays and counts; of a piece with
    a checksum nothing does unless it is whole and right.
    """
    _require_end(name, offset)
    turn = _Turn(path(name))
    _require_end(name, offset)  # once more: until now another request had its turn
    with _room(0):
        if checksum is None:
            return turn.write(offset, blocks)
        with _checked(name, blocks, checksum) as piece:
            return turn.write(offset, _blocks_of(piece))


def _require_end(name: str, offset: int) -> None:
    have = length(name)
    if have != offset:
        raise Conflict(f"This file has {have} bytes so far, not {offset}.", code="upload.offset")


@contextmanager
def held(name: str) -> Iterator[Path]:
    """The file of an arrival, for one at a time; others wait."""
    turn = _Turn(path(name))
    with turn.locked():
        yield path(name)


def sweep(before: datetime, keep: Collection[str]) -> int:
    """Remove what has lain unchanged since `before` and belongs to none of the arrivals `keep`. Returns how many."""
    found = [entry for entry in folder().glob("*") if entry.name.split(".")[0] not in keep]
    old = [entry for entry in found if _changed(entry) < before.timestamp()]
    for entry in old:
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    return len(old)


def _changed(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # it was moved to its place at this moment
        return float("inf")


class _Turn:
    """The right to write to one file, until the next request takes it.

    A client that lost its connection comes back at once, while the request it had before may hang for hours without
    anybody at its other end. So nobody waits: the newest goes on, and the older is refused at its next block.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._mark = file, uuid.uuid4().hex
        self._turn = file.with_name(file.name + _TURN)
        with self._turn.open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            turn.truncate(0)
            turn.write(self._mark)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes or takes the turn meanwhile. Raises Conflict once somebody has, NotFound after removal."""
        try:
            turn = self._turn.open()
        except FileNotFoundError:
            raise NotFound("This upload was ended meanwhile.", code="upload.gone") from None
        with turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if turn.read() != self._mark:
                raise Conflict("Another request goes on with this upload.", code="upload.taken_over")
            yield

    def write(self, offset: int, blocks: Iterable[bytes]) -> int:
        """Append the blocks and return the file's length; on the disk for sure, whatever ends the process next."""
        with self._file.open("ab", buffering=0) as file:
            try:
                for block in blocks:
                    with self.locked():
                        offset += _write_all(file.fileno(), block)
            finally:
                os.fsync(file.fileno())
        return offset


def _write_all(descriptor: int, block: bytes) -> int:
    left = memoryview(block)
    while left:
        left = left[os.write(descriptor, left) :]
    return len(block)


@contextmanager
def _checked(name: str, blocks: Iterable[bytes], checksum: Checksum) -> Iterator[Path]:
    """The piece in a file of its own, once it has the checksum: half of it must never count as arrived."""
    piece = folder() / f"{name}.{uuid.uuid4().hex}{_PIECE}"
    sha = hashlib.new(checksum.algorithm, usedforsecurity=False)
    try:
        with piece.open("xb") as file:
            for block in blocks:
                sha.update(block)
                file.write(block)
        if sha.digest() != checksum.digest:
            raise Damaged("This piece arrived damaged: its checksum differs.", remedy="Send the piece again.")
        yield piece
    finally:
        piece.unlink(missing_ok=True)


def _blocks_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


@contextmanager
def _room(size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in blobs.NO_ROOM:
            raise
        needs = f" of {size} bytes" if size else ""
        raise StorageFull(
            f"There is no room left for this file{needs}; what has arrived is kept.",
            remedy="Free some space or give the storage more, then go on.",
        ) from error
