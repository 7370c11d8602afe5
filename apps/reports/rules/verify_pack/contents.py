"""What stands inside the files of a pack whose bytes are as the manifest says: record, trail, keys and documents."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from io import BytesIO
from itertools import zip_longest
from typing import Any

from apps.reports.rules.verify_pack.certificates import certificate_from
from apps.reports.rules.verify_pack.der import Malformed, pem_bodies
from apps.reports.rules.verify_pack.ed25519 import TABLES
from apps.reports.rules.verify_pack.layout import (
    ABOUT_ITSELF,
    DOCUMENT,
    DOCUMENTS,
    KEYS,
    MOST_DOCUMENTS,
    MOST_LINE_BYTES,
    PROOF,
    SNAPSHOT,
    SNAPSHOT_1,
    TRAIL,
    TRAIL_1,
    plain,
)
from apps.reports.rules.verify_pack.manifests import public_key_from
from apps.reports.rules.verify_pack.pdfs import check_pdf
from apps.reports.rules.verify_pack.reading import FolderPack, ZipPack, read_part
from apps.reports.rules.verify_pack.trail import chain_problems, digest_of, proof_problems
from apps.reports.rules.verify_pack.verdicts import Verdict, json_steps, json_value, read_json
from apps.reports.rules.verify_pack.work import spend

_LOOKED_INTO = (DOCUMENT, SNAPSHOT, SNAPSHOT_1, TRAIL, TRAIL_1, PROOF)
ENTRY_STEPS, SIGNATURE_STEPS = 0.03, 0.7  # to check an entry with its path, and a checkpoint's signature
KEY_STEPS = 8  # the first time that a key is met
READINGS = 4  # of the extract, line by line


def compare_files(pack: ZipPack | FolderPack, listed: dict[str, tuple[int, str]], verdict: Verdict) -> dict[str, bytes]:
    """Compare what is there with what is listed; the files to look into, where they are as listed."""
    present = set(pack.names) - ABOUT_ITSELF
    verdict.problems += [f"{name}: is missing" for name in sorted(set(listed) - present)]
    verdict.problems += [f"{plain(name)}: is not in the manifest" for name in sorted(present - set(listed))]
    sound = {}
    for name in sorted(set(listed) & present):
        size, digest = listed[name]
        data = read_part(pack, name, size + 1, verdict)
        if data is None:
            continue
        if problem := _differs(data, size, digest):
            verdict.problems.append(f"{name}: {problem}")
        elif name in _LOOKED_INTO or name.startswith(KEYS) or _is_document(name):
            sound[name] = data
    verdict.files, verdict.size = len(listed), sum(size for size, _ in listed.values())
    return sound


def _is_document(name: str) -> bool:
    return name.startswith(DOCUMENTS) and name.endswith(".pdf")


def _differs(data: bytes, size: int, digest: str) -> str:
    if len(data) > size:
        return f"is larger than the {size} bytes in the manifest"
    if len(data) < size:
        return f"has {len(data)} bytes, the manifest says {size}"
    found = hashlib.sha256(data).hexdigest()
    return "" if found == digest else f"has the digest {found}, the manifest says {digest}"


def look_inside_1(sound: dict[str, bytes], verdict: Verdict) -> None:
    """Format 1: recompute the digests that the record's own content must have. Its PDF may carry a signature."""
    found = check_pdf(sound[DOCUMENT]) if DOCUMENT in sound else None
    if found is not None and found.signatures:
        verdict.documents[DOCUMENT] = found
        verdict.problems += [f"{DOCUMENT}: {problem}" for problem in found.problems]
    content = read_json(sound[SNAPSHOT_1], SNAPSHOT_1, verdict) if SNAPSHOT_1 in sound else None
    if content is None:
        return
    try:
        verdict.problems += _model_files(content["version"]) + chain_problems(content["audit_trail"])
        verdict.entries = len(content["audit_trail"]["entries"])
        lines = sound.get(TRAIL_1, b"")
        spend(json_steps(lines), f"reading {TRAIL_1}")
        if TRAIL_1 in sound and not _is_extract(lines, content["audit_trail"]["entries"]):
            verdict.problems.append(f"{TRAIL_1}: is not the extract that {SNAPSHOT_1} holds")
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        verdict.problems.append(f"{SNAPSHOT_1}: does not have the shape of an audit pack ({error!r})")


def _model_files(version: dict[str, Any]) -> list[str]:
    files = [{key: file[key] for key in ("path", "digest", "size")} for file in version["files"]]
    if not files or digest_of(sorted(files, key=lambda file: str(file["path"]))) == version["manifest_digest"]:
        return []
    return [f"{SNAPSHOT_1}: the model's files do not give the digest {version['manifest_digest']}"]


def keys_in(sound: dict[str, bytes], verdict: Verdict) -> tuple[dict[str, bytes], set[str]]:
    """Public keys by their ids, and the fingerprints of certificates, that lie in a pack of format 2."""
    keys: dict[str, bytes] = {}
    certificates: set[str] = set()
    for name in sorted(sound):
        if not name.startswith(KEYS):
            continue
        try:
            bodies = pem_bodies(sound[name].decode("ascii", "replace"), "CERTIFICATE")
            if bodies:
                certificates |= {certificate_from(body).fingerprint for body in bodies}
            else:
                keys.update([public_key_from(sound[name])])
        except (Malformed, ValueError, IndexError) as error:
            verdict.problems.append(f"{name}: cannot be used: {error}")
    return keys, certificates


def look_inside_2(sound: dict[str, bytes], keys: dict[str, bytes], verdict: Verdict) -> None:
    """Format 2: the record, the extract of the trail, and the proof that it stands under signed checkpoints."""
    if not {SNAPSHOT, TRAIL, PROOF} <= set(sound):
        return
    content, proof = (read_json(sound[name], name, verdict) for name in (SNAPSHOT, PROOF))
    if content is None or proof is None:
        return
    try:
        told, lines = content["audit_trail"], sound[TRAIL]
        _spend_on(lines, proof)
        if not _is_extract(lines, told["entries"]):
            verdict.problems.append(f"{TRAIL}: is not the extract that {SNAPSHOT} holds")
        verdict.problems += chain_problems({"entries": _entries(lines), "head": told["head"]})
        verdict.problems += proof_problems(_entries(lines), proof, keys)
        verdict.entries, verdict.checkpoints = sum(1 for _ in _entries(lines)), len(proof["checkpoints"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        verdict.problems.append(f"{SNAPSHOT}, {TRAIL} or {PROOF}: does not have the right shape ({error!r})")


def _spend_on(lines: bytes, proof: dict[str, Any]) -> None:
    entries, checkpoints = lines.count(b"\n"), len(proof["checkpoints"])
    keys = len({statement["key"] for statement in proof["checkpoints"]})
    each = SIGNATURE_STEPS if keys <= TABLES else KEY_STEPS
    spend(
        READINGS * json_steps(lines) + ENTRY_STEPS * entries + each * checkpoints + KEY_STEPS * keys,
        f"checking the {entries} entries and {checkpoints} checkpoints of its audit trail",
    )


def _is_extract(lines: bytes, entries: list[Any]) -> bool:
    """Whether a file of JSON Lines holds these entries."""
    return all(one == other for one, other in zip_longest(_entries(lines), entries, fillvalue=...))


def _entries(lines: bytes) -> Iterator[Any]:
    """The entries in a file of JSON Lines, one in memory at a time. Raises ValueError for lines that are none."""
    for line in BytesIO(lines):
        if len(line) > MOST_LINE_BYTES:
            raise ValueError(f"a line is longer than {MOST_LINE_BYTES} bytes")
        yield json_value(line)


def check_documents(
    sound: dict[str, bytes], certificates: set[str], expected: Collection[str], verdict: Verdict
) -> None:
    """Whether each PDF is as it was signed, by a key whose certificate the sealed manifest lists or the reader gave."""
    names = sorted(name for name in sound if _is_document(name))
    if len(names) > MOST_DOCUMENTS:
        verdict.problems.append(f"it holds {len(names)} PDFs; a pack never has more than {MOST_DOCUMENTS}")
        return
    for name in names:
        found = verdict.documents[name] = check_pdf(sound[name])
        verdict.problems += [f"{name}: {problem}" for problem in found.problems]
        signature = found.signature
        if signature is None or not signature.fingerprint:
            continue
        if signature.fingerprint not in certificates and signature.fingerprint not in expected:
            verdict.problems.append(
                f"{name}: is signed by {plain(signature.holder)} with another key than the organisation's: the"
                f" certificate {signature.fingerprint} does not lie under {KEYS}"
            )
