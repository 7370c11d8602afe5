"""Where what lies in a pack, and how much of it is read at the most."""

from __future__ import annotations

import re

FORMAT_1, FORMAT_2 = "genaiops-audit-pack/1", "genaiops-pack/2"
SEAL_FORMAT = "genaiops-pack-seal/1"
MANIFEST, MANIFEST_DIGEST, SEAL = "manifest.json", "manifest.sha256", "manifest.seal.json"
ABOUT_ITSELF = frozenset({MANIFEST, MANIFEST_DIGEST, SEAL})

# Format 1: one report about one model version.
DOCUMENT, SNAPSHOT_1, TRAIL_1 = "audit-pack.pdf", "audit-pack.json", "evidence/audit-trail.jsonl"

# Format 2: any set of documents made from one snapshot.
SNAPSHOT, TRAIL, PROOF = "snapshot.json", "trail/entries.jsonl", "trail/proof.json"
DOCUMENTS, EVIDENCE, KEYS = "documents/", "evidence/", "keys/"
CHECKPOINT_FORMAT, PROOF_FORMAT = "genaiops-trail-checkpoint/1", "genaiops-trail-proof/2"

# Bounds on what is read, whatever an archive claims to hold.
MOST_FILES, MOST_BYTES, MOST_MANIFEST_BYTES = 2_000, 256 * 1024**2, 1024**2
# A value of JSON takes up to thirty times its bytes in memory; lines of JSON are read one by one.
MOST_JSON_BYTES, MOST_LINE_BYTES = 64 * 1024**2, 4 * 1024**2
MOST_DIRECTORY_BYTES = 1024**2  # of an archive; a pack's has about 150 bytes a file
MOST_DOCUMENTS, MOST_CHECKPOINTS = 100, 20_000  # each costs a signature to verify
GENESIS = "0" * 64
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
# Names that stay inside the folder on every system: no drive, no backslash, no dots in front.
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def plain(text: object) -> str:
    """Text that somebody else wrote, such that it can do nothing to the terminal that it is printed on."""
    return ascii(str(text))[1:-1]
