#!/usr/bin/env python3
"""Check a GenAIOps audit pack: every byte is as its manifest says, or the difference is named.

    python3 -I verify_pack.py AUDIT-PACK.zip-or-its-unpacked-folder [--digest SHA256]

Needs Python 3.9 or newer and nothing else: no installation, no network. Nothing is unpacked, written or executed.
`--digest` is the manifest's digest as the portal shows it and as its audit trail recorded it; with it, not even a pack
whose manifest was rewritten to match an altered file passes.

Exit code 0: the pack is intact. 1: something differs; each difference is printed. 2: it could not be checked (no such
file, not a ZIP archive, cut off).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "genaiops-audit-pack/1"
MANIFEST, MANIFEST_DIGEST = "manifest.json", "manifest.sha256"
DOCUMENT, SNAPSHOT, TRAIL = "audit-pack.pdf", "audit-pack.json", "evidence/audit-trail.jsonl"

# Bounds on what is read, whatever an archive claims to hold: a pack has a few MB in some twenty files.
MOST_FILES, MOST_BYTES, MOST_MANIFEST_BYTES = 2_000, 128 * 1024**2, 1024**2
GENESIS = "0" * 64
_HEX = re.compile(r"[0-9a-f]{64}")
# Names that stay inside the folder on every system: no drive, no backslash, no dots in front.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)


class Unreadable(Exception):
    """The pack cannot be checked at all."""


@dataclass
class Verdict:
    """What a check found; `problems` is empty when the pack is intact."""

    problems: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0
    manifest_digest: str = ""
    subject: str = ""
    generated_at: str = ""

    @property
    def is_intact(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def verify(source: str | os.PathLike[str] | BinaryIO, expected: str = "") -> Verdict:
    """Check a pack: a path to a ZIP or folder, or an open binary stream of a ZIP.

    `expected` is the manifest's digest as recorded elsewhere. Raises Unreadable when there is nothing to check.
    """
    if not isinstance(source, (str, os.PathLike)):
        return _verify(ZipPack(source), expected)
    if Path(source).is_dir():
        return _verify(FolderPack(Path(source)), expected)
    with Path(source).open("rb") as stream:
        return _verify(ZipPack(stream), expected)


class ZipPack:
    """A pack as a ZIP archive, read member by member without unpacking."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        try:
            self.archive = zipfile.ZipFile(stream)
        except _DAMAGE as error:
            raise Unreadable(f"it is no ZIP archive, or it is cut off ({error})") from error
        self.members = self.archive.infolist()
        self.names = [member.filename for member in self.members]

    def refusals(self) -> Iterator[str]:
        """Reasons to read nothing of it."""
        if len(self.names) > MOST_FILES:
            yield f"it holds {len(self.names)} entries; a pack never has more than {MOST_FILES}"
        for name, times in Counter(self.names).items():
            if not _SAFE.fullmatch(name):
                yield f"{ascii(name)[1:-1]}: refused, the name could lead outside its folder"
            elif times > 1:
                yield f"{name}: stands in the archive more than once"
        for member in self.members:
            if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 0x1:
                yield f"{ascii(member.filename)[1:-1]}: is a link or encrypted; a pack holds plain files only"

    def read(self, name: str, most: int) -> bytes:
        """The first `most` bytes of a member, however much it would unpack to."""
        with self.archive.open(name) as stream:
            return stream.read(most)


class FolderPack:
    """A pack that was unpacked into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links: list[str] = []
        self.names = sorted(self._walk())

    def _walk(self) -> Iterator[str]:
        for where, folders, files in os.walk(self.folder):
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
            yield f"{ascii(name)[1:-1]}: is a link or a device; a pack holds plain files only"

    def read(self, name: str, most: int) -> bytes:
        """The first `most` bytes of a file."""
        with Path(self.folder, name).open("rb") as stream:
            return stream.read(most)


def _verify(pack: ZipPack | FolderPack, expected: str) -> Verdict:
    verdict = Verdict(problems=list(pack.refusals()))
    if verdict.problems:
        return verdict
    listed = _listed(_manifest(pack, expected.strip().lower(), verdict), verdict)
    if listed:
        sound = _files(pack, listed, verdict)
        _inside(sound, verdict)
    if isinstance(pack, ZipPack) and not verdict.problems:
        verdict.problems += _archive(pack)
    return verdict


def _read(pack: ZipPack | FolderPack, name: str, most: int, verdict: Verdict) -> bytes | None:
    try:
        return pack.read(name, most)
    except _DAMAGE as error:
        verdict.problems.append(f"{name}: its bytes are damaged ({error})")
        return None


def _manifest(pack: ZipPack | FolderPack, expected: str, verdict: Verdict) -> Any:
    """The manifest's content, after its own digest was compared with the one beside it and the one expected."""
    missing = [name for name in (MANIFEST, MANIFEST_DIGEST) if name not in pack.names]
    verdict.problems += [f"{name}: is missing" for name in missing]
    if missing:
        return None
    data = _read(pack, MANIFEST, MOST_MANIFEST_BYTES, verdict)
    beside = _read(pack, MANIFEST_DIGEST, 1_000, verdict)
    if data is None or beside is None:
        return None
    verdict.manifest_digest = found = hashlib.sha256(data).hexdigest()
    if beside != f"{found}  {MANIFEST}\n".encode():
        told = _HEX.findall(beside.decode("ascii", "replace")) or ["no digest"]
        verdict.problems.append(f"{MANIFEST}: has the digest {found}, but {MANIFEST_DIGEST} says {told[0]}")
    if expected and expected != found:
        verdict.problems.append(f"{MANIFEST}: has the digest {found}, but {expected} was expected")
    return _json(data, MANIFEST, verdict)


def _json(data: bytes, name: str, verdict: Verdict) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        verdict.problems.append(f"{name}: is not valid JSON")
        return None


def _listed(content: Any, verdict: Verdict) -> dict[str, tuple[int, str]]:
    """Path, size and digest of every file that the manifest lists; empty when it cannot be used."""
    if content is None:
        return {}
    try:
        rows = [(row["path"], row["size"], row["sha256"]) for row in content["files"]]
        listed = {path: (size, digest) for path, size, digest in rows}
        verdict.subject, verdict.generated_at = str(content["subject"]), str(content["generated_at"])
        problem = _unusable(content["format"], rows)
    except (KeyError, TypeError, ValueError):
        problem, listed = "it does not have the shape of a manifest", {}
    if problem:
        verdict.problems.append(f"{MANIFEST}: cannot be used: {problem}")
    return {} if problem else listed


def _unusable(form: str, rows: list[tuple[str, int, str]]) -> str:
    names = [path for path, _, _ in rows]
    if form != FORMAT:
        return f"its format is {form!r}, not {FORMAT!r}"
    for path, size, digest in rows:
        if not _SAFE.fullmatch(path) or not _HEX.fullmatch(digest) or type(size) is not int or size < 0:
            return f"what it says about {path!r} is not a safe name, a size and a digest"
    if len(set(names)) < len(names) or {MANIFEST, MANIFEST_DIGEST} & set(names):
        return "it lists a file twice, or itself"
    if not {DOCUMENT, SNAPSHOT} <= set(names):
        return f"it does not list {DOCUMENT} and {SNAPSHOT}"
    if sum(size for _, size, _ in rows) > MOST_BYTES:
        return f"it lists more than {MOST_BYTES} bytes"
    return ""


def _files(pack: ZipPack | FolderPack, listed: dict[str, tuple[int, str]], verdict: Verdict) -> dict[str, bytes]:
    """Compare what is there with what is listed; snapshot and trail extract, where they are as listed."""
    present = set(pack.names) - {MANIFEST, MANIFEST_DIGEST}
    verdict.problems += [f"{name}: is missing" for name in sorted(set(listed) - present)]
    verdict.problems += [f"{ascii(name)[1:-1]}: is not in the manifest" for name in sorted(present - set(listed))]
    sound = {}
    for name in sorted(set(listed) & present):
        size, digest = listed[name]
        data = _read(pack, name, size + 1, verdict)
        if data is None:
            continue
        if problem := _differs(data, size, digest):
            verdict.problems.append(f"{name}: {problem}")
        elif name in (SNAPSHOT, TRAIL):
            sound[name] = data
    verdict.files, verdict.size = len(listed), sum(size for size, _ in listed.values())
    return sound


def _differs(data: bytes, size: int, digest: str) -> str:
    if len(data) > size:
        return f"is larger than the {size} bytes in the manifest"
    if len(data) < size:
        return f"has {len(data)} bytes, the manifest says {size}"
    found = hashlib.sha256(data).hexdigest()
    return "" if found == digest else f"has the digest {found}, the manifest says {digest}"


def _inside(sound: dict[str, bytes], verdict: Verdict) -> None:
    """Recompute the digests that the snapshot's own content must have."""
    content = _json(sound[SNAPSHOT], SNAPSHOT, verdict) if SNAPSHOT in sound else None
    if content is None:
        return
    try:
        verdict.problems += _model_files(content["version"]) + chain_problems(content["audit_trail"])
        lines = [json.loads(line) for line in sound[TRAIL].splitlines()] if TRAIL in sound else None
        if lines is not None and lines != content["audit_trail"]["entries"]:
            verdict.problems.append(f"{TRAIL}: is not the extract that {SNAPSHOT} holds")
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        verdict.problems.append(f"{SNAPSHOT}: does not have the shape of an audit pack ({error!r})")


def digest_of(value: Any) -> str:
    """SHA-256 over canonical JSON: keys sorted, no white space, UTF-8 (RFC 8785)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _model_files(version: dict[str, Any]) -> list[str]:
    files = [{key: file[key] for key in ("path", "digest", "size")} for file in version["files"]]
    if not files or digest_of(sorted(files, key=lambda file: str(file["path"]))) == version["manifest_digest"]:
        return []
    return [f"{SNAPSHOT}: the model's files do not give the digest {version['manifest_digest']}"]


def chain_problems(trail: dict[str, Any]) -> list[str]:
    """What is wrong with an extract of the audit trail: each entry's digest, their order, and where they touch."""
    problems: list[str] = []
    before: dict[str, Any] = {"sequence": 0, "digest": GENESIS}
    for entry in trail["entries"]:
        number = entry["sequence"]
        if digest_of({name: value for name, value in entry.items() if name != "digest"}) != entry["digest"]:
            problems.append(f"audit trail, entry {number}: its content no longer has its digest")
        if number <= before["sequence"]:
            problems.append(f"audit trail, entry {number}: is out of order")
        elif number == before["sequence"] + 1 and entry["previous"] != before["digest"]:
            problems.append(f"audit trail, entry {number}: does not continue the entry before it")
        before = entry
    ends_at, digest = trail["head"]["sequence"], trail["head"]["digest"]
    if before["sequence"] > ends_at or (before["sequence"] == ends_at and before["digest"] != digest):
        problems.append("audit trail: its last entry does not fit the end of the chain")
    return problems


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


def _archive(pack: ZipPack) -> list[str]:
    """With every file in order, the bytes between the files must be the portal's too: then no byte can differ."""
    members = [(member.filename, member.CRC, member.file_size) for member in pack.members]
    position = 0
    for member in members:
        pack.stream.seek(position)
        if pack.stream.read(len(header(*member))) != header(*member):
            return [f"the archive: what it says about {member[0]} is not what the portal wrote; was it packed again?"]
        position += len(header(*member)) + member[2]
    pack.stream.seek(position)
    ending = directory(members)
    if members != sorted(members) or pack.stream.read(len(ending) + 1) != ending:
        return ["the archive: its directory is not the one that the portal wrote"]
    return []


def main() -> int:
    """The command line; see the text at the top."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], epilog="Exit code 0, 1 or 2.")
    parser.add_argument("pack", nargs="?", default=str(Path(__file__).resolve().parent), help="a ZIP, or its folder")
    parser.add_argument("--digest", default="", metavar="SHA256", help="the manifest's digest as the portal shows it")
    asked = parser.parse_args()
    try:
        verdict = verify(asked.pack, asked.digest)
    except (Unreadable, OSError) as error:
        print(f"CANNOT BE CHECKED: {error}")
        return 2
    if verdict.problems:
        print("\n".join(f"DIFFERS: {problem}" for problem in verdict.problems))
        return 1
    print(f"OK: {verdict.files} files, {verdict.size} bytes, each as its manifest says.")
    print(f"About: {ascii(verdict.subject)[1:-1]}, made {ascii(verdict.generated_at)[1:-1]}")
    print(f"Manifest digest (compare it with the portal's): {verdict.manifest_digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
