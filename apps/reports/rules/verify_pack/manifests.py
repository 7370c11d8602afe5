"""The manifest of a pack: its own digest, the seal over it, and the files that it lists."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from apps.reports.rules.verify_pack.der import Malformed, der_bits, der_whole, pem_bodies
from apps.reports.rules.verify_pack.layout import (
    ABOUT_ITSELF,
    DOCUMENT,
    FORMAT_1,
    FORMAT_2,
    HEX_DIGEST,
    KEYS,
    MANIFEST,
    MANIFEST_DIGEST,
    MOST_BYTES,
    MOST_MANIFEST_BYTES,
    PROOF,
    SAFE_NAME,
    SEAL,
    SEAL_FORMAT,
    SNAPSHOT,
    SNAPSHOT_1,
    TRAIL,
)
from apps.reports.rules.verify_pack.publickeys import ED25519, algorithm_of
from apps.reports.rules.verify_pack.reading import FolderPack, ZipPack, read_part
from apps.reports.rules.verify_pack.trail import signed_by
from apps.reports.rules.verify_pack.verdicts import Verdict, read_json

NEEDED = {FORMAT_1: {DOCUMENT, SNAPSHOT_1}, FORMAT_2: {SNAPSHOT, TRAIL, PROOF}}


def manifest_of(pack: ZipPack | FolderPack, expected: str, verdict: Verdict) -> Any:
    """The manifest's content, after its own digest was compared with the one beside it and the one expected."""
    missing = [name for name in (MANIFEST, MANIFEST_DIGEST) if name not in pack.names]
    verdict.problems += [f"{name}: is missing" for name in missing]
    if missing:
        return None
    data = read_part(pack, MANIFEST, MOST_MANIFEST_BYTES, verdict)
    beside = read_part(pack, MANIFEST_DIGEST, 1_000, verdict)
    if data is None or beside is None:
        return None
    verdict.manifest_digest = found = hashlib.sha256(data).hexdigest()
    if beside != f"{found}  {MANIFEST}\n".encode():
        told = HEX_DIGEST.findall(beside.decode("ascii", "replace")) or ["no digest"]
        verdict.problems.append(f"{MANIFEST}: has the digest {found}, but {MANIFEST_DIGEST} says {told[0]}")
    if expected and expected != found:
        verdict.problems.append(f"{MANIFEST}: has the digest {found}, but {expected} was expected")
    return read_json(data, MANIFEST, verdict)


def listed_in(content: Any, verdict: Verdict) -> dict[str, tuple[int, str]]:
    """Path, size and digest of every file that the manifest lists; empty when it cannot be used."""
    if content is None:
        return {}
    try:
        rows = [(row["path"], row["size"], row["sha256"]) for row in content["files"]]
        listed = {path: (size, digest) for path, size, digest in rows}
        verdict.subject, verdict.generated_at = str(content["subject"]), str(content["generated_at"])
        verdict.format = content["format"]
        problem = _unusable(content["format"], rows)
    except (KeyError, TypeError, ValueError):
        problem, listed = "it does not have the shape of a manifest", {}
    if problem:
        verdict.problems.append(f"{MANIFEST}: cannot be used: {problem}")
    return {} if problem else listed


def _unusable(form: str, rows: list[tuple[str, int, str]]) -> str:
    names = [path for path, _, _ in rows]
    if form not in NEEDED:
        return f"its format is {form!r}, neither {FORMAT_1!r} nor {FORMAT_2!r}"
    for path, size, digest in rows:
        if not SAFE_NAME.fullmatch(path) or not HEX_DIGEST.fullmatch(digest) or type(size) is not int or size < 0:
            return f"what it says about {path!r} is not a safe name, a size and a digest"
    if len(set(names)) < len(names) or ABOUT_ITSELF & set(names):
        return "it lists a file twice, or itself"
    if missing := sorted(NEEDED[form] - set(names)):
        return f"it does not list {' and '.join(missing)}"
    if sum(size for _, size, _ in rows) > MOST_BYTES:
        return f"it lists more than {MOST_BYTES} bytes"
    return ""


def public_key_from(pem: bytes) -> tuple[str, bytes]:
    """Id and 32 bytes of an Ed25519 key out of its PEM; the id is their SHA-256. Raises Malformed."""
    bodies = pem_bodies(pem.decode("ascii", "replace"), "PUBLIC KEY")
    if len(bodies) != 1:
        raise Malformed("it is no public key")
    kind, bits = der_whole(bodies[0]).parts()
    raw = der_bits(bits)
    if algorithm_of(kind)[0] != ED25519 or len(raw) != 32:
        raise Malformed("it is no Ed25519 key")
    return hashlib.sha256(raw).hexdigest(), raw


def check_seal(pack: ZipPack | FolderPack, keys: dict[str, bytes], expected: Collection[str], verdict: Verdict) -> None:
    """Whether the seal over the manifest holds, and is of a key that is expected where any are."""
    if SEAL not in pack.names:
        verdict.problems.append(f"{SEAL}: is missing")
        return
    data = read_part(pack, SEAL, 10_000, verdict)
    seal = read_json(data, SEAL, verdict) if data is not None else None
    if seal is None:
        return
    try:
        problem = _seal_problem(seal, keys, expected, verdict)
    except (KeyError, TypeError, ValueError, AttributeError):
        problem = "does not have the shape of a seal"
    if problem:
        verdict.problems.append(f"{SEAL}: {problem}")


def _seal_problem(seal: dict[str, Any], keys: dict[str, bytes], expected: Collection[str], verdict: Verdict) -> str:
    told = {name: value for name, value in seal.items() if name != "signature"}
    if set(seal) != {"format", "manifest", "at", "key", "signature"} or seal["format"] != SEAL_FORMAT:
        return "does not have the shape of a seal"
    if not HEX_DIGEST.fullmatch(seal["key"]) or seal["key"] not in keys:
        return f"names the key {seal['key'][:64]!r}, which does not lie under {KEYS}"
    if not signed_by(keys[seal["key"]], seal["signature"], told):
        return "its signature does not hold: it was changed, or was not made with the key that it names"
    verdict.seal_key, verdict.sealed_at = seal["key"], str(seal["at"])
    if seal["manifest"] != verdict.manifest_digest:
        return f"is over a manifest of the digest {seal['manifest']}: the manifest was edited after it was sealed"
    if expected and seal["key"] not in expected:
        return f"is of the key {seal['key']}, which is none of those that were expected"
    return ""
