"""Archived segments: files of sealed JSON Lines, packed, that continue one another and the chain in the database."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from apps.audit.models import AuditSegment
from apps.audit.queries.checkpoints import folder, public_keys
from apps.audit.rules import Verdict, walk
from apps.audit.rules.checkpoints import statement_from, statement_problem
from apps.audit.rules.extracts import check_extract
from apps.core.blobs import blocks

FORMAT = "genaiops-trail-segment/1"


def segment_path(segment: AuditSegment) -> Path:
    """Where the segment's file lies."""
    return folder("segments") / segment.name


def proof_path(path: Path) -> Path:
    """The small file beside a segment: its digest, what it continues, and its signed checkpoint."""
    return path.with_name(path.name.removesuffix(".jsonl.gz") + ".json")


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        for block in blocks(stream):
            sha.update(block)
    return sha.hexdigest()


def segment_problem(segment: AuditSegment) -> str:
    """What is wrong with the file of an archived segment, as the rest of a sentence; empty if its bytes are those that
    were written.
    """
    path = segment_path(segment)
    if not path.is_file():
        return f"is missing: there is no file {segment.name}"
    if sha256_of(path) == segment.sha256:
        return ""
    return f"was changed ({segment.name}): {file_problem(path) or 'its bytes are not those that were written'}"


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file, packed or not. Raises OSError, EOFError and zlib.error for what cannot be unpacked."""
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as stream:
        yield from stream


def entries_in(segment: AuditSegment) -> Iterator[dict[str, Any]]:
    """The entries of an archived segment, oldest first."""
    return entries_of(lines_of(segment_path(segment)))


def entries_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The entries among the lines, without the seals."""
    for line in lines:
        value = json.loads(line)
        if "seal" not in value:
            yield value


def file_problem(path: Path) -> str:
    """What is wrong with a segment, told from its own two files and the portal's public keys alone; empty if it
    verifies: every seal, the chain from what it continues, and the checkpoint over its last entry.
    """
    try:
        checked = check_extract(lines_of(path), public_keys())
        return checked.problem or _chain_problem(path)
    except (OSError, EOFError, zlib.error):
        return "it cannot be unpacked"


def _chain_problem(path: Path) -> str:
    try:
        proof = json.loads(proof_path(path).read_bytes())
        statement = statement_from(proof["checkpoint"])
        first, previous = int(proof["first"]), str(proof["previous"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"the proof beside it ({proof_path(path).name}) cannot be read"
    verdict: Verdict = walk(entries_of(lines_of(path)), start=first, previous=previous)
    if not verdict.is_intact:
        return f"entry {verdict.broken_at}: {verdict.problem}"
    if problem := statement_problem(statement, public_keys()):
        return f"its checkpoint: {problem}"
    if (statement.rows, statement.head) != (verdict.last, verdict.head):
        return f"its last entry {verdict.last} is not the one that its checkpoint was signed over"
    return ""
