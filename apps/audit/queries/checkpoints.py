"""Signed checkpoints and public keys, in the database and in the folder outside of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.rules.checkpoints import Statement, key_id, public_from, public_pem, statement_from, statement_problem
from apps.audit.rules.examining import Witness
from apps.audit.rules.merkle import root_of

DIGEST_BYTES = 32


def folder(name: str) -> Path:
    """One of the folders outside the database: `checkpoints`, `public-keys` or `segments`."""
    return Path(settings.TRAIL_FOLDER) / name


def file_names(rows: int) -> tuple[str, str]:
    """Under which names a checkpoint and the digests of its rows are exported."""
    return f"checkpoint-{rows:012d}.json", f"checkpoint-{rows:012d}.digests"


def public_keys() -> dict[str, Ed25519PublicKey]:
    """The public keys of this portal, those of former years included, by their ids. What is no key is left out."""
    found = {}
    for path in sorted(folder("public-keys").glob("*.pem")):
        try:
            key = public_from(path.read_bytes())
        except ValueError:
            continue
        found[key_id(key)] = key
    return found


def public_key_texts() -> dict[str, str]:
    """The same as PEM."""
    return {name: public_pem(key) for name, key in public_keys().items()}


def statement_of(checkpoint: Checkpoint) -> Statement:
    """A checkpoint of the database as it was signed."""
    names = ("rows", "since", "head", "root", "key", "signature")
    given: dict[str, Any] = {name: getattr(checkpoint, name) for name in names}
    at: datetime | None = checkpoint.at  # None where somebody wrote there what is no time
    return Statement(**given, at="" if at is None else at.isoformat(timespec="microseconds"))


def newest_checkpoint() -> Checkpoint | None:
    """The one that covers most rows."""
    return Checkpoint.objects.first()


def checkpoint_over(row: int) -> Checkpoint | None:
    """The checkpoint that covers this row: the first one signed behind it. None where none was signed since."""
    return Checkpoint.objects.filter(rows__gte=row, since__lt=row).order_by("rows").first()


def digests_between(first: int, last: int) -> list[bytes]:
    """The digests of rows `first` to `last` as the database holds them, in order."""
    rows = AuditEntry.objects.filter(sequence__gte=first, sequence__lte=last).order_by("sequence")
    return [_raw(digest) for digest in rows.values_list("digest", flat=True).iterator(chunk_size=10_000)]


def _raw(digest: str) -> bytes:
    """A digest's bytes; none for a text that is no digest, so that no tree over it has the signed root."""
    try:
        return bytes.fromhex(digest)
    except (ValueError, TypeError):
        return b""


@dataclass
class Held:
    """All checkpoints that could be found: those to rely on, and what is wrong with the others, in words."""

    witnesses: list[Witness] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    in_database: int = 0
    exported: int = 0

    def add(self, witness: Witness, problem: str, where: str) -> bool:
        """Take a checkpoint in, or note why it cannot be relied on."""
        if problem:
            self.faults.append(f"The checkpoint of {witness.statement.rows} rows {where}: {problem}.")
        else:
            self.witnesses.append(witness)
        return not problem


def checkpoints_held(*, after: int = 0, newest: int = 0) -> Held:
    """The checkpoints over rows behind `after`, of the database and of the folder, each with its signature looked at;
    only the `newest` ones where a number is given.
    """
    held, keys = Held(), public_keys()
    rows = Checkpoint.objects.filter(rows__gte=after)
    for checkpoint in rows[:newest] if newest else rows:
        statement = statement_of(checkpoint)
        held.in_database += held.add(Witness(statement), statement_problem(statement, keys), "in the database")
    for path in _exported(after, newest):
        _take_exported(held, path, keys)
    return held


def _exported(after: int, newest: int) -> list[Path]:
    paths = sorted(folder("checkpoints").glob("checkpoint-*.json"), reverse=True)
    wanted = [path for path in paths if _rows_named(path) >= after]
    return wanted[:newest] if newest else wanted


def _rows_named(path: Path) -> int:
    number = path.stem.removeprefix("checkpoint-")
    return int(number) if number.isdecimal() else 0


def _take_exported(held: Held, path: Path, keys: dict[str, Ed25519PublicKey]) -> None:
    try:
        statement = statement_from(json.loads(path.read_bytes()))
    except (ValueError, RecursionError):
        held.faults.append(f"The exported checkpoint {path.name} cannot be read: it was changed.")
        return
    digests = path.with_suffix(".digests")
    problem = statement_problem(statement, keys) or _digests_problem(statement, digests)
    witness = Witness(statement, partial(stored_digests, digests))
    held.exported += held.add(witness, problem, f"in {path.name}")


def stored_digests(path: Path) -> Iterator[bytes]:
    """The digests of a checkpoint's rows as they were exported, 32 bytes each."""
    with path.open("rb") as stream:
        while digest := stream.read(DIGEST_BYTES):
            yield digest


def _digests_problem(statement: Statement, path: Path) -> str:
    if not path.is_file():
        return f"the list of digests beside it ({path.name}) is missing"
    if root_of(stored_digests(path)) != statement.root:
        return f"the list of digests beside it ({path.name}) was changed"
    return ""


def unexported() -> Iterator[Checkpoint]:
    """Checkpoints of the database that are not in the folder yet, oldest first."""
    there: set[str] = {path.name for path in folder("checkpoints").glob("checkpoint-*.json")}
    for checkpoint in Checkpoint.objects.order_by("rows").iterator():
        if file_names(checkpoint.rows)[0] not in there:
            yield checkpoint
