"""Putting documents, the record behind them, its evidence and the trail's proof into one sealed archive."""

import json
import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from apps.audit.queries.checkpoints import public_key_texts
from apps.audit.queries.proofs import extract_proof
from apps.audit.services import WORKER
from apps.audit.services.checkpoints import checkpoint_make
from apps.audit.services.keys import signing_key
from apps.core import storage
from apps.core.errors import Conflict
from apps.reports.models import SealCertificate
from apps.reports.rules.pack import Archive, sha256, unsound
from apps.reports.rules.packing import (
    MOST_EVIDENCE,
    MOST_EVIDENCE_FILE,
    MOST_EVIDENCE_FILES,
    Cited,
    Keys,
    Parts,
    cited_files,
    pack_of,
)
from apps.reports.rules.verify_pack import MOST_BYTES

TOO_MANY = f"There are too many: {MOST_EVIDENCE_FILES} files are packed."


def pack_documents(
    *, snapshot: bytes, documents: dict[str, bytes], made_at: datetime, titles: dict[str, str] | None = None
) -> Archive:
    """The pack of documents that were made from one snapshot, given as its stored JSON. `documents` are the files by
    their names, PDFs signed; `titles` tells what they are, by their names before the ending.

    The same input gives the same bytes while the keys stay the same. Raises Conflict where an entry of the trail in the
    snapshot cannot be brought under a signed checkpoint, where a stored file is no longer what it was, for too much to
    pack, and where the program in the pack would not say OK to it.
    """
    facts = json.loads(snapshot)
    proof = _proof(facts["audit_trail"])
    cited, left_out = _cited(cited_files(facts))
    parts = Parts(snapshot, facts, documents, proof, cited, left_out, titles or {})
    made = pack_of(parts, _keys(), made_at=made_at)
    if len(made.data) > MOST_BYTES:
        raise Conflict(
            f"The pack would have {len(made.data) // 1024**2} MB; it may have {MOST_BYTES // 1024**2}.",
            code="pack.too_large",
            remedy="Make packs of fewer documents.",
        )
    refuse_unsound(made)
    return made


def refuse_unsound(made: Archive) -> None:
    """Raise Conflict for a pack that the program in it would not say OK to."""
    if found := unsound(made):
        raise Conflict(
            f"The pack that was made does not hold: {found}.",
            code="pack.unsound",
            remedy="Verify the whole trail, then make it again. Nothing was stored.",
        )


def _proof(trail: dict[str, Any]) -> dict[str, Any]:
    """The proof of a snapshot's entries: its own, or where that leaves some out, for no checkpoint stood over them yet,
    one that is taken now.
    """
    stored: dict[str, Any] = trail.get("proof") or {}
    if not _unproven(trail, stored):
        return stored
    checkpoint_make(by=WORKER)
    taken = extract_proof(entry["sequence"] for entry in trail["entries"])
    if missing := _unproven(trail, taken):
        raise Conflict(
            f"{len(missing)} entries of the audit trail in this snapshot stand under no signed checkpoint, the first is"
            f" {missing[0]}.",
            code="pack.unproven",
            remedy="Verify the whole trail. Then take a new snapshot and make the pack from that.",
        )
    return taken


def _unproven(trail: dict[str, Any], proof: dict[str, Any]) -> list[int]:
    """The numbers of the entries that a proof leaves out."""
    proven = {row["sequence"] for row in proof.get("paths", [])}
    return sorted({entry["sequence"] for entry in trail["entries"]} - proven)


def _keys() -> Keys:
    private = signing_key()
    certificates = {row.fingerprint: row.pem for row in SealCertificate.objects.order_by("fingerprint")}
    return Keys(private, public_key_texts(), certificates)


def _cited(files: list[Cited]) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Cited files by their names in the pack, and what is left out and why."""
    found: dict[str, bytes] = {}
    left_out: list[dict[str, str]] = []
    room = MOST_EVIDENCE
    for file in files:
        most = min(room, MOST_EVIDENCE_FILE)
        content, why = _content(file, most) if len(found) < MOST_EVIDENCE_FILES else (b"", TOO_MANY)
        if why:
            left_out.append({"label": file.label, "filename": file.filename, "sha256": file.digest, "because": why})
        else:
            found[_name(file)] = content
            room -= len(content)
    return found, left_out


def _content(file: Cited, most: int) -> tuple[bytes, str]:
    if not storage.exists(file.digest):
        return b"", "Its bytes were removed from the storage."
    with storage.open(file.digest) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        return b"", f"It is too large: files of up to {MOST_EVIDENCE_FILE} bytes, {MOST_EVIDENCE} in all, are packed."
    if sha256(content) != file.digest:
        raise Conflict(
            f"The stored bytes of {file.label} were changed; they are not packed.",
            code="pack.tampered",
            remedy="Bring the file back from a copy you trust; its name in the storage is its digest.",
        )
    return content, ""


def _name(file: Cited) -> str:
    """The digest, and an ending that says what kind of file it is, where it is a plain one."""
    ending = PurePosixPath(file.filename).suffix.lower()
    return file.digest + (ending if re.fullmatch(r"\.[a-z0-9]{1,10}", ending) else "")
