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
from apps.reports.rules.program import program

MOST_TOLD = 3  # problems that a refusal names

README = """GenAIOps audit pack

{subject}
Made {generated_at}

What is in it
    audit-pack.pdf     the report for people
    audit-pack.json    everything in the report and more, for programs; its digest stands on every page of the report
    evidence/          scans, evaluations, drift measurements and trail entries behind it, one file of each kind with
                       one JSON object a line; checklist and tuning
    manifest.json      path, size and SHA-256 of every file
    manifest.sha256    SHA-256 of the manifest
    verify_pack.py     checks all of this; Python 3.9 or newer, nothing to install, no network

How to check it
    1.  python3 -I verify_pack.py audit-pack.zip
        prints OK, or names each file that differs. It works on the unpacked folder too.
    2.  Somebody who alters a file can also rewrite the manifest to match it. Ask the portal for the manifest's digest
        (beside the pack, and in the audit trail's entry "report.finish") and give it as well:
            python3 -I verify_pack.py audit-pack.zip --digest DIGEST
    3.  To rely on nothing in the pack, take verify_pack.py from the GenAIOps source code, or upload the archive
        on the portal's page "Verify a pack".

Without Python: sha256sum -c manifest.sha256, then compare the digests in manifest.json.

This pack documents what GenAIOps recorded about the model version. It is no legal advice and no certificate of
conformity with any law.
"""


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


def pack_files(snapshot: dict[str, Any], document: bytes) -> dict[str, bytes]:
    """The content of a pack by path, without the manifest. `snapshot` is what the JSON holds, `document` the PDF."""
    files = {verify_pack.DOCUMENT: document, verify_pack.SNAPSHOT_1: pretty_json(snapshot)}
    files[verify_pack.TRAIL_1] = json_lines(snapshot["audit_trail"]["entries"])
    kinds = {"scans": _scans(snapshot), "evaluations": snapshot["evaluations"], "drift": snapshot["drift"]}
    files |= {f"{verify_pack.EVIDENCE}{name}": data for name, data in rows_by_kind(kinds).items()}
    if snapshot["tuning"] is not None:
        files[f"evidence/tuning-{snapshot['tuning']['id']}.json"] = pretty_json(snapshot["tuning"])
    files["evidence/checklist.json"] = pretty_json(snapshot["assessment"])
    files["verify_pack.py"] = program()
    files["README.txt"] = README.format(subject=snapshot["subject"], generated_at=snapshot["generated_at"]).encode()
    return files


def _scans(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    return [data["scan"] for data in snapshot["datasets"] if data["scan"] is not None]


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of ours has: the page tree's root says so (ISO 32000-1, 7.7.3), plainly or in an object
    stream (7.5.7). 0 where neither does."""
    packed = re.findall(rb"/ObjStm[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    for part in [pdf, *(zlib.decompressobj().decompress(data) for data in packed)]:
        counts = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", part)
        if counts:
            return max(int(first or second) for first, second in counts)
    return 0


def archive(files: dict[str, bytes], *, subject: str, generated_at: str) -> Archive:
    """The ZIP of these files with their manifest and the manifest's digest: a pack of format 1."""
    manifest = manifest_of(files, form=verify_pack.FORMAT_1, subject=subject, generated_at=generated_at)
    return packed(files, manifest, {})


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
