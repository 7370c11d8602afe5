"""The extract of the audit trail: that each entry is as it was recorded, and stood in the chain when it was signed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from apps.reports.rules.verify_pack.ed25519 import ed25519_holds
from apps.reports.rules.verify_pack.layout import CHECKPOINT_FORMAT, GENESIS, MOST_CHECKPOINTS, PROOF_FORMAT


def canonical(value: Any) -> bytes:
    """Canonical JSON: keys sorted, no white space, UTF-8 (RFC 8785)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_of(value: Any) -> str:
    """SHA-256 over canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


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


def proof_problems(entries: Iterable[dict[str, Any]], proof: dict[str, Any], keys: dict[str, bytes]) -> list[str]:
    """What is wrong with the proof that every entry stands under a signed checkpoint. `keys`: public keys by their ids.

    A path leads from an entry's digest to the root of a Merkle tree (RFC 6962), and the checkpoint signs that root.
    """
    if proof["format"] != PROOF_FORMAT:
        return [f"audit trail: its proof has the format {proof['format']!r}, not {PROOF_FORMAT!r}"]
    if len(proof["checkpoints"]) > MOST_CHECKPOINTS:
        return [f"audit trail: its proof holds more than {MOST_CHECKPOINTS} checkpoints; none was looked at"]
    problems, sound = [], {}
    for statement in proof["checkpoints"]:
        if problem := checkpoint_problem(statement, keys):
            problems.append(f"audit trail, checkpoint of {statement['rows']} entries: {problem}")
        sound[statement["rows"]] = statement
    paths = {row["sequence"]: row for row in proof["paths"]}
    for entry in entries:
        if problem := _path_problem(entry, paths.get(entry["sequence"]), sound):
            problems.append(f"audit trail, entry {entry['sequence']}: {problem}")
    return problems


def checkpoint_problem(statement: dict[str, Any], keys: dict[str, bytes]) -> str:
    """Why a signed checkpoint cannot be relied on; empty if it can."""
    if statement["format"] != CHECKPOINT_FORMAT or not 0 <= statement["since"] < statement["rows"]:
        return "it does not have the shape of a checkpoint"
    if statement["key"] not in keys:
        return f"it names the key {statement['key'][:16]}…, which is not in the pack"
    told = {name: value for name, value in statement.items() if name != "signature"}
    if not signed_by(keys[statement["key"]], statement["signature"], told):
        return "its signature does not hold: it was changed, or was not made with the key that it names"
    return ""


def signed_by(public: bytes, signature: str, told: dict[str, Any]) -> bool:
    """Whether this Ed25519 signature (base64) was made over the canonical JSON of `told` with this key."""
    return ed25519_holds(public, base64.b64decode(signature, validate=True), canonical(told))


def _path_problem(entry: dict[str, Any], row: dict[str, Any] | None, sound: dict[int, dict[str, Any]]) -> str:
    statement = sound.get(row["rows"]) if row is not None else None
    if row is None or statement is None:
        return "has no proof that it stands under a signed checkpoint"
    place, size = entry["sequence"] - statement["since"] - 1, statement["rows"] - statement["since"]
    root = _root_by(bytes.fromhex(entry["digest"]), place, size, row["path"])
    is_head = entry["sequence"] == statement["rows"]
    if root != statement["root"] or (is_head and entry["digest"] != statement["head"]):
        return f"is not the entry that the checkpoint of {statement['rows']} entries was signed over"
    return ""


def _root_by(digest: bytes, place: int, size: int, path: list[str]) -> str:
    """The root that a digest at `place` of `size` gives with its path (RFC 9162, 2.1.3.2); empty where it cannot."""
    if not 0 <= place < size or len(path) > 64:
        return ""
    node, first, last = hashlib.sha256(b"\x00" + digest).digest(), place, size - 1
    for other in (bytes.fromhex(text) for text in path):
        if last == 0:
            return ""
        if first % 2 or first == last:
            node = hashlib.sha256(b"\x01" + other + node).digest()
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + other).digest()
        first, last = first // 2, last // 2
    return node.hex() if last == 0 else ""
