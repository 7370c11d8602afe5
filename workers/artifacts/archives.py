"""Archives and packed files, opened as streams of bytes: nothing is written where an archive says it should be."""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 20
Opened = Callable[[], "IO[bytes] | None"]
Unreadable = (zipfile.BadZipFile, tarfile.TarError, RuntimeError, EOFError, zlib.error, lzma.LZMAError, OSError)


class Inflated(AbstractContextManager["Inflated"]):
    """A zlib stream, as joblib writes it, read in blocks."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._unpack = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; empty at the end. Raises EOFError where the stream breaks off."""
        while not self._unpack.eof:
            data = self._unpack.unconsumed_tail or self._file.read(BLOCK)
            if not data:
                raise EOFError
            if block := self._unpack.decompress(data, size):
                return block
        return b""

    def __exit__(self, *_: object) -> None:
        self._file.close()


PACKED: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
    b"x\x01": Inflated,
    b"x^": Inflated,
    b"x\x9c": Inflated,
    b"x\xda": Inflated,
}
OPAQUE = {b'\x04"M\x18': "LZ4", b"\x28\xb5\x2f\xfd": "Zstandard", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR"}


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a ZIP archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(head: bytes) -> bool:
    """Whether a file that begins so is a tape archive."""
    return head[257:262] == b"ustar"


def named(head: bytes, by_start: dict[bytes, Any]) -> Any:
    """What a table says of a file that begins so; None where it says nothing."""
    return next((found for start, found in by_start.items() if head.startswith(start)), None)


def zip_members(path: Path) -> Iterator[tuple[str, Opened]]:
    """Name and opener of every file in a ZIP archive."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, partial(archive.open, info)


def tar_members(path: Path) -> Iterator[tuple[str, Opened]]:
    """Name and opener of every file in a tape archive; links and devices open as None."""
    with tarfile.open(path) as archive:
        for info in archive:
            yield info.name, partial(archive.extractfile, info)
