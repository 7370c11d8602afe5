"""The proof of one entry: that it stands in the chain where a signed checkpoint says, told without any other entry."""

from dataclasses import dataclass
from typing import Any

from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries.chain import as_fields
from apps.audit.queries.checkpoints import checkpoint_over, digests_between, public_key_texts, statement_of
from apps.audit.rules import entry_digest
from apps.audit.rules.merkle import path_to, root_by

FORMAT = "genaiops-trail-proof/1"


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
    own = "" if entry_digest(as_fields(entry)) == entry.digest else "The entry's content no longer has its digest."
    if checkpoint is None:
        return Proof(entry, None, [], own)
    digests = digests_between(checkpoint.since + 1, checkpoint.rows)
    proof = Proof(entry, checkpoint, path_to(digests, entry.sequence - checkpoint.since - 1), own)
    size = checkpoint.rows - checkpoint.since
    holds = root_by(bytes.fromhex(entry.digest), proof.place, size, proof.path) == checkpoint.root
    if own or holds:
        return proof
    problem = "The checkpoint was signed over other entries than those that are there."
    return Proof(entry, checkpoint, proof.path, problem)
