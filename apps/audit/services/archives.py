"""Retention: old entries go to files outside the database that still verify, and the chain goes on from there."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, AuditSegment, Checkpoint
from apps.audit.queries.chain import anchor, fields_between
from apps.audit.queries.checkpoints import folder, public_key_texts, statement_of
from apps.audit.queries.segments import FORMAT, file_problem, proof_path, sha256_of
from apps.audit.rules.extracts import Extract, sealed_lines
from apps.audit.services.checkpoints import checkpoint_at, checkpoints_export
from apps.audit.services.keys import signing_key
from apps.audit.services.once import write_once
from apps.audit.services.recording import SYSTEM, record
from apps.core.errors import Conflict, Invalid

YEAR = timedelta(days=365.25)
PACKED = 256 * 1024  # characters that are packed at a time


def archive(*, before: datetime, by: Any = SYSTEM) -> AuditSegment | None:
    """Write all entries older than `before` to a segment, read it back, verify it, and only then take them out of the
    database. None when there is nothing that old.

    Raises Invalid for a date younger than the retention, Conflict when the rows or the file do not verify; nothing is
    taken out then.
    """
    youngest = timezone.now() - settings.TRAIL_RETENTION_YEARS * YEAR
    if before > youngest:
        raise Invalid(
            f"Entries are kept in the database for {settings.TRAIL_RETENTION_YEARS} years.",
            code="trail.too_young",
            remedy=f"Name a date before {youngest:%Y-%m-%d}.",
        )
    start, previous = anchor()
    last = _last_before(before, start)
    if last <= start:
        return None
    checkpoint = checkpoint_at(last, by=by)
    checkpoints_export()
    path = _write(start + 1, last)
    segment = _segment(path, start + 1, previous, checkpoint)
    _write_proof(path, segment, checkpoint)
    if problem := file_problem(path):
        raise Conflict(f"The written segment {path.name} does not verify: {problem}.", code="trail.segment_broken")
    return _take_out(segment, by)


def _last_before(limit: datetime, start: int) -> int:
    """The last entry of the unbroken stretch from `start` that is wholly older than `limit`."""
    younger = AuditEntry.objects.filter(sequence__gt=start, at__gte=limit).order_by("sequence")
    found = younger.values_list("sequence", flat=True).first()
    if found is not None:
        return found - 1
    newest = AuditEntry.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    return newest or start


def _write(first: int, last: int) -> Path:
    at = timezone.now().isoformat(timespec="microseconds")
    extract = Extract(signing_key(), at, {"first": str(first), "last": str(last)})
    path = folder("segments") / f"segment-{first:012d}-{last:012d}.jsonl.gz"
    if not path.exists():  # an archive that broke off behind this wrote it already; it is verified like a new one
        write_once(path, _packed(sealed_lines(fields_between(first, last), extract)))
    return path


def _packed(lines: Iterator[str]) -> Iterator[bytes]:
    """The lines as gzip members of a bounded size, one behind the other (RFC 1952, 2.2)."""
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > PACKED:
            yield gzip.compress("".join(held).encode(), mtime=0)
            held, size = [], 0
    if held:
        yield gzip.compress("".join(held).encode(), mtime=0)


def _segment(path: Path, first: int, previous: str, checkpoint: Checkpoint) -> AuditSegment:
    return AuditSegment(
        first=first,
        last=checkpoint.rows,
        previous=previous,
        head=checkpoint.head,
        name=path.name,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        at=timezone.now(),
    )


def _write_proof(path: Path, segment: AuditSegment, checkpoint: Checkpoint) -> None:
    """What somebody needs beside the file who has nothing else of this portal."""
    told = {name: getattr(segment, name) for name in ("first", "last", "previous", "head", "name", "sha256", "size")}
    told |= {"format": FORMAT, "checkpoint": statement_of(checkpoint).as_json(), "public_keys": public_key_texts()}
    if not proof_path(path).exists():
        write_once(proof_path(path), [json.dumps(told, indent=2, sort_keys=True).encode() + b"\n"])


@transaction.atomic
def _take_out(segment: AuditSegment, by: Any) -> AuditSegment:
    """Leave the anchor, and delete what the verified file holds, and nothing else."""
    told = {"first": segment.first, "last": segment.last, "sha256": segment.sha256}
    record(action="trail.archive", obj=segment, by=by, data=told)  # locks the chain's end: one archive at a time
    if anchor()[0] != segment.first - 1:
        raise Conflict("Another archive was written meanwhile.", code="trail.archived")
    segment.save(force_insert=True)
    number, _ = AuditEntry.objects.filter(sequence__gte=segment.first, sequence__lte=segment.last).delete()
    if number != segment.last - segment.first + 1:
        raise Conflict("Entries changed while they were archived; nothing was taken out.", code="trail.archived")
    return segment
