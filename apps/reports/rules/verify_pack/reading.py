"""A pack's files, out of its archive or out of the folder that it was unpacked into, without unpacking anything."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from apps.reports.rules.verify_pack.layout import MOST_BYTES, MOST_DIRECTORY_BYTES, MOST_FILES, SAFE_NAME, plain
from apps.reports.rules.verify_pack.verdicts import Verdict
from apps.reports.rules.verify_pack.work import Unreadable

# What is read so much at a time; other methods (bzip2, LZMA) unpack all that a few bytes hold at once.
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)


class _Bounded:
    """An archive's bytes. While `most` is set no more are read at once: a directory, of which each line becomes an
    object, is read in one go.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.most: int | None = MOST_DIRECTORY_BYTES

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        """The place."""
        return self.stream.tell()

    def seekable(self) -> bool:
        """Whether another place can be gone to."""
        return self.stream.seekable()

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises ValueError for more than are read at once."""
        if self.most is None:
            return self.stream.read(size)
        found = self.stream.read(self.most + 1 if size < 0 else min(size, self.most + 1))
        if len(found) > self.most:
            raise ValueError("its directory is larger than that of any pack")
        return found


class ZipPack:
    """A pack as a ZIP archive, read member by member without unpacking."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        bounded = _Bounded(stream)
        try:
            self.archive = zipfile.ZipFile(bounded)
        except DAMAGE as error:
            raise Unreadable(f"it is no ZIP archive, or it is cut off ({error})") from error
        bounded.most = None
        self.members = self.archive.infolist()
        self.names = [member.filename for member in self.members]

    def refusals(self) -> Iterator[str]:
        """Reasons to read nothing of it."""
        if len(self.names) > MOST_FILES:
            yield f"it holds {len(self.names)} entries; a pack never has more than {MOST_FILES}"
        for name, times in Counter(self.names).items():
            if not SAFE_NAME.fullmatch(name):
                yield f"{plain(name)}: refused, the name could lead outside its folder"
            elif times > 1:
                yield f"{name}: stands in the archive more than once"
        for member in self.members:
            if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 0x1:
                yield f"{plain(member.filename)}: is a link or encrypted; a pack holds plain files only"
            if member.compress_type not in UNPACKED or member.file_size > MOST_BYTES:
                yield f"{plain(member.filename)}: refused, it is packed or sized like no file of any pack"

    def read(self, name: str, most: int) -> bytes:
        """The first `most` bytes of a member, however much it would unpack to."""
        with self.archive.open(name) as stream:
            return stream.read(most)

    def problems(self) -> list[str]:
        """With every file in order, the bytes between the files must be the portal's too: then no byte can differ."""
        members = [(member.filename, member.CRC, member.file_size) for member in self.members]
        position = 0
        for member in members:
            self.stream.seek(position)
            if self.stream.read(len(header(*member))) != header(*member):
                told = f"the archive: what it says about {member[0]} is not what the portal wrote; was it packed again?"
                return [told]
            position += len(header(*member)) + member[2]
        self.stream.seek(position)
        ending = directory(members)
        if members != sorted(members) or self.stream.read(len(ending) + 1) != ending:
            return ["the archive: its directory is not the one that the portal wrote"]
        return []


class FolderPack:
    """A pack that was unpacked into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links: list[str] = []
        self.names = sorted(self._walk())

    def _walk(self) -> Iterator[str]:
        for where, folders, files in os.walk(self.folder, onerror=_raised):
            for name in files + [name for name in folders if Path(where, name).is_symlink()]:
                path = Path(where, name)
                relative = path.relative_to(self.folder).as_posix()
                if path.is_symlink() or not path.is_file():
                    self.links.append(relative)
                else:
                    yield relative

    def refusals(self) -> Iterator[str]:
        """Links and devices, which are never followed."""
        for name in self.links:
            yield f"{plain(name)}: is a link or a device; a pack holds plain files only"

    def read(self, name: str, most: int) -> bytes:
        """The first `most` bytes of a file."""
        with Path(self.folder, name).open("rb") as stream:
            return stream.read(most)

    def problems(self) -> list[str]:
        """A folder has no bytes between its files."""
        return []


def _raised(error: OSError) -> None:
    """A folder that cannot be read might hold anything."""
    raise error


def read_part(pack: ZipPack | FolderPack, name: str, most: int, verdict: Verdict) -> bytes | None:
    """The first `most` bytes of a file; None, and a problem, where they are damaged."""
    try:
        return pack.read(name, most)
    except DAMAGE as error:
        verdict.problems.append(f"{name}: its bytes are damaged ({error})")
        return None


def header(name: str, crc: int, size: int) -> bytes:
    """What stands before a stored member: no compression, no time, so that equal files give equal archives."""
    raw = name.encode("ascii")  # fields as in PKWARE's APPNOTE 4.3.7; 0x21 is 1 January 1980
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x21, crc, size, size, len(raw), 0) + raw


def directory(members: Iterable[tuple[str, int, int]]) -> bytes:
    """The end of the archive: a line for each (name, CRC-32, size) and the closing record (APPNOTE 4.3.12, 4.3.16)."""
    lines, count, offset = b"", 0, 0
    for name, crc, size in members:
        raw, mode = name.encode("ascii"), (stat.S_IFREG | 0o644) << 16
        fields = (b"PK\1\2", 0x0314, 20, 0, 0, 0, 0x21, crc, size, size, len(raw), 0, 0, 0, 0, mode, offset)
        lines += struct.pack("<4s6H3L5H2L", *fields) + raw
        count, offset = count + 1, offset + len(header(name, crc, size)) + size
    return lines + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(lines), offset, 0)
