"""How the files of an audit pack become one archive: sorted, uncompressed, without times, so that equal files give
equal bytes. The counterpart that checks all of it is `verify_pack`."""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from apps.reports.rules import verify_pack

MOST_TOLD = 3  # problems that a refusal names


@dataclass(frozen=True)
class Archive:
    """A finished pack: the bytes of the ZIP and the digest of the manifest in it."""

    data: bytes
    manifest_digest: str


def pretty_json(value: Any) -> bytes:
    """JSON for people and programs: sorted keys, indented, UTF-8. Raises ValueError for NaN and infinity."""
    text = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def json_lines(rows: list[dict[str, Any]]) -> bytes:
    """One JSON object a line."""
    return b"".join(json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n" for row in rows)


def rows_by_kind(kinds: dict[str, list[dict[str, Any]]]) -> dict[str, bytes]:
    """One file for each kind that has rows, with each row once: a pack has a bound on files, and records have none."""
    return {
        f"{kind}.jsonl": json_lines(list({row["id"]: row for row in rows}.values()))
        for kind, rows in kinds.items()
        if rows
    }


def unsound(archive: Archive) -> str:
    """Why the program in every pack would not say OK to this one; empty where it would. Asked before a pack is stored,
    so that nobody is handed one that does not hold."""
    try:
        problems = verify_pack.verify(BytesIO(archive.data), archive.manifest_digest).problems
    except verify_pack.Unreadable as error:
        problems = [str(error)]
    further = f", and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
    return "; ".join(problems[:MOST_TOLD]) + further


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of ours has: the page tree's root says so (ISO 32000-1, 7.7.3), plainly or in an object
    stream (7.5.7). 0 where neither does."""
    packed = re.findall(rb"/ObjStm[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    for part in [pdf, *(zlib.decompressobj().decompress(data) for data in packed)]:
        counts = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", part)
        if counts:
            return max(int(first or second) for first, second in counts)
    return 0


def manifest_of(files: dict[str, bytes], *, form: str, subject: str, generated_at: str, **more: Any) -> bytes:
    """Path, size and SHA-256 of every file."""
    rows = [{"path": path, "size": len(data), "sha256": sha256(data)} for path, data in sorted(files.items())]
    told = {"format": form, "subject": subject, "generated_at": generated_at, "files": rows}
    return pretty_json(told | more)


def packed(files: dict[str, bytes], manifest: bytes, beside: dict[str, bytes]) -> Archive:
    """The ZIP of these files with their manifest, its digest, and what else stands beside it."""
    digest = sha256(manifest)
    told = f"{digest}  {verify_pack.MANIFEST}\n".encode()
    whole = files | {verify_pack.MANIFEST: manifest, verify_pack.MANIFEST_DIGEST: told} | beside
    return Archive(stored_zip(whole), digest)


def stored_zip(files: dict[str, bytes]) -> bytes:
    """A ZIP without compression: the compressor's version cannot change a byte of it, and each byte can be checked."""
    members = [(path, zlib.crc32(data), len(data)) for path, data in sorted(files.items())]
    bodies = [verify_pack.header(*member) + files[member[0]] for member in members]
    return b"".join(bodies) + verify_pack.directory(members)
