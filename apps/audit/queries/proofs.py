"""The proof of an entry: that it stands in the chain where a signed checkpoint says, told without any other entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries.chain import anchor, as_fields
from apps.audit.queries.checkpoints import (
    checkpoint_over,
    digests_between,
    file_names,
    folder,
    public_key_texts,
    statement_of,
    stored_digests,
)
from apps.audit.rules import has_its_digest
from apps.audit.rules.merkle import path_to, paths_to, root_by, root_of

FORMAT, EXTRACT_FORMAT = "genaiops-trail-proof/1", "genaiops-trail-proof/2"


@dataclass(frozen=True)
class Proof:
    """An entry, the checkpoint over it, and the hashes that lead from the one to the other.

    `checkpoint` is None for an entry that is not signed yet; `problem` says why the proof does not hold.
    """

    entry: AuditEntry
    checkpoint: Checkpoint | None
    path: list[str]
    problem: str = ""

    @property
    def place(self) -> int:
        """The entry's place among the checkpoint's rows, from 0."""
        return self.entry.sequence - self.checkpoint.since - 1 if self.checkpoint else 0

    def as_json(self) -> dict[str, Any]:
        """Everything that somebody needs to recompute it: RFC 6962 tree, RFC 8785 JSON, Ed25519."""
        told: dict[str, Any] = {"format": FORMAT, "entry": as_fields(self.entry), "problem": self.problem}
        if self.checkpoint is None:
            return told | {"checkpoint": None, "public_key": "", "place": None, "path": []}
        statement = statement_of(self.checkpoint)
        key = public_key_texts().get(statement.key, "")
        return told | {
            "checkpoint": statement.as_json(),
            "public_key": key,
            "place": self.place,
            "path": self.path,
        }


def proof_of(entry: AuditEntry) -> Proof:
    """The proof of one entry, up to the first checkpoint that was signed behind it; verified before it is given."""
    checkpoint = checkpoint_over(entry.sequence)
    own = "" if has_its_digest(as_fields(entry)) else "The entry's content no longer has its digest."
    if checkpoint is None:
        return Proof(entry, None, [], own)
    digests = digests_under(checkpoint)
    proof = Proof(entry, checkpoint, path_to(digests, entry.sequence - checkpoint.since - 1), own)
    size = checkpoint.rows - checkpoint.since
    holds = root_by(bytes.fromhex(entry.digest), proof.place, size, proof.path) == checkpoint.root
    if own or holds:
        return proof
    problem = "The checkpoint was signed over other entries than those that are there."
    return Proof(entry, checkpoint, proof.path, problem)


def digests_under(checkpoint: Checkpoint) -> list[bytes]:
    """The digests of a checkpoint's rows: of the database, or of the list that was exported with the checkpoint where
    some of its rows are archived.
    """
    found = digests_between(checkpoint.since + 1, checkpoint.rows)
    beside = folder("checkpoints") / file_names(checkpoint.rows)[1]
    if checkpoint.since < anchor()[0] and len(found) < checkpoint.rows - checkpoint.since and beside.is_file():
        return list(stored_digests(beside))
    return found


def _last_before_next(row: int, otherwise: int) -> int:
    """The last row before those of the next checkpoint behind this row, which lies under none."""
    following = Checkpoint.objects.filter(since__gte=row).order_by("since").values_list("since", flat=True).first()
    return otherwise if following is None else following


def extract_proof(sequences: Iterable[int]) -> dict[str, Any]:
    """The proof of many entries at once, for an extract of the trail: the checkpoints over them, and for each entry the
    hashes that lead from its digest to its checkpoint's root. `unsigned` names the entries under no checkpoint yet, and
    those whose checkpoint was signed over other rows than are there.
    """
    checkpoints: list[dict[str, Any]] = []
    paths: list[dict[str, Any]] = []
    left = sorted(set(sequences))
    unsigned: list[int] = []
    while left:
        checkpoint = checkpoint_over(left[0])
        if checkpoint is None:
            last = _last_before_next(left[0], left[-1])
            here = [number for number in left if number <= last]
            unsigned += here
            left = left[len(here) :]
            continue
        here = [number for number in left if number <= checkpoint.rows]
        left = left[len(here) :]
        digests = digests_under(checkpoint)
        if root_of(digests) != checkpoint.root:
            unsigned += here
            continue
        checkpoints.append(statement_of(checkpoint).as_json())
        found = paths_to(digests, [number - checkpoint.since - 1 for number in here])
        paths += [
            {"sequence": number, "rows": checkpoint.rows, "path": found[number - checkpoint.since - 1]}
            for number in here
        ]
    return {"format": EXTRACT_FORMAT, "checkpoints": checkpoints, "paths": paths, "unsigned": unsigned}
