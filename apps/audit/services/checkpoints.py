"""Signing checkpoints of the chain, and writing them outside the database."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries.chain import anchor, fields_between, head
from apps.audit.queries.checkpoints import (
    digests_between,
    file_names,
    folder,
    newest_checkpoint,
    statement_of,
    unexported,
)
from apps.audit.rules import Verdict, walk
from apps.audit.rules.checkpoints import MOST_ROWS, Statement, key_id, signature_of
from apps.audit.rules.merkle import root_of
from apps.audit.services.keys import signing_key
from apps.audit.services.once import write_once
from apps.audit.services.recording import SYSTEM, record
from apps.core.errors import Conflict

MADE = "checkpoint.make"


def checkpoint_make(*, by: Any = SYSTEM) -> Checkpoint | None:
    """Sign the chain as it is now and write the checkpoint outside the database. None when nothing but checkpoints
    was recorded since the newest one.

    The rows since then are verified first: a chain that was altered is not signed (Conflict, `trail.broken`).
    """
    made: Checkpoint | None = None
    if _has_news():
        end = head()
        made = checkpoint_at(end.sequence if end else 0, by=by)
    checkpoints_export()
    return made


def _has_news() -> bool:
    newest = newest_checkpoint()
    rows = AuditEntry.objects.filter(sequence__gt=newest.rows if newest else anchor()[0])
    return rows.exclude(action=MADE).exists()


def checkpoint_at(row: int, *, by: Any = SYSTEM) -> Checkpoint:
    """Sign the chain up to this row, in several checkpoints where many rows came since the one before; the last one.
    One that is there already stays. Raises Conflict for rows that do not verify or are not there.
    """
    while True:
        found = Checkpoint.objects.filter(rows=row).first()
        if found is not None:
            return found
        since, previous = _before(row)
        made = _sign(since, previous, min(row, since + MOST_ROWS), by)
        if made.rows == row:
            return made


def _before(row: int) -> tuple[int, str]:
    """Rows and digest of the newest checkpoint below this row, or of the place where the database's chain begins."""
    found = Checkpoint.objects.filter(rows__lt=row).values_list("rows", "head").first()
    start = anchor()
    return found if found is not None and found[0] >= start[0] else start


def _sign(since: int, previous: str, row: int, by: Any) -> Checkpoint:
    verdict = walk(fields_between(since + 1, row), start=since + 1, previous=previous)
    _refuse_broken(verdict, row)
    key = signing_key()
    root = root_of(digests_between(since + 1, row))
    at = timezone.now()
    told = Statement(row, since, verdict.head, root, at.isoformat(timespec="microseconds"), key_id(key.public_key()))
    signature = signature_of(told.signed_bytes(), key)
    checkpoint = Checkpoint(
        rows=row, since=since, head=told.head, root=told.root, at=at, key=told.key, signature=signature
    )
    return _kept(checkpoint, by)


def _refuse_broken(verdict: Verdict, row: int) -> None:
    if verdict.is_intact and verdict.last == row:
        return
    where = verdict.broken_at or verdict.last + 1
    raise Conflict(
        f"The trail was changed at entry {where}: {verdict.problem or 'it is missing'}. It is not signed.",
        code="trail.broken",
        remedy="Verify the whole trail, and compare with the exported checkpoints and a backup.",
    )


@transaction.atomic
def _kept(checkpoint: Checkpoint, by: Any) -> Checkpoint:
    """Keep a signed checkpoint, unless another process was quicker: then that one."""
    told = {"rows": checkpoint.rows, "head": checkpoint.head, "key": checkpoint.key}
    record(action=MADE, obj=checkpoint, by=by, data=told)  # locks the chain's end: one at a time from here on
    kept, _ = Checkpoint.objects.get_or_create(
        rows=checkpoint.rows,
        defaults={name: getattr(checkpoint, name) for name in ("since", "head", "root", "at", "key", "signature")},
    )
    return kept


def checkpoints_export() -> int:
    """Write every checkpoint that is not in the folder yet, with the digests of its rows; how many those were."""
    written = 0
    for checkpoint in unexported():
        written += _export(checkpoint)
    return written


def _export(checkpoint: Checkpoint) -> bool:
    """The digests first: who finds the checkpoint finds them too. False where the rows' digests are no longer the
    signed ones, or another process writes the same.
    """
    statement, (name, beside) = statement_of(checkpoint), file_names(checkpoint.rows)
    digests = digests_between(checkpoint.since + 1, checkpoint.rows)
    if root_of(digests) != checkpoint.root:
        return False
    for file, content in ((beside, digests), (name, [_text(statement)])):
        _write(file, content)
    return True


def _write(name: str, content: Iterable[bytes]) -> None:
    try:
        write_once(folder("checkpoints") / name, content)
    except Conflict:
        return


def _text(statement: Statement) -> bytes:
    return json.dumps(statement.as_json(), indent=2, sort_keys=True).encode() + b"\n"
