"""What is known of the whole audit trail behind a document, in words that say no more than was looked at."""

from apps.core.formatting import number
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import exact

ALTERED = "The audit trail was found not to be intact."


def chain_words(facts: Facts) -> str:
    """How long the chain is, what of it was read for the snapshot, when all of it was last verified, and what was
    found; empty where the snapshot tells nothing of it.
    """
    chain = facts.trail.get("whole_chain") or {}
    if not chain:
        return ""
    holds = "holds." if chain["is_intact"] else f"does not hold: {chain['problem']}."
    if "read" not in chain:  # snapshots before November 2026 read all of it
        return (
            f"The whole chain of {number(chain['entries'])} entries was read when the snapshot was taken, and {holds}"
        )
    read = chain["read"]
    words = f"The audit trail is a chain of {number(chain['entries'])} entries. When the snapshot was taken, entries"
    words += f" {number(read['first'])} to {number(read['last'])} of it were read, and what was read {holds}"
    return f"{words} {_signed(chain['signed_to'])} {_verified(chain['verified'])}"


def _signed(last: int) -> str:
    return f"Signed checkpoints cover it up to entry {number(last)}." if last else "No part of it is signed yet."


def _verified(told: Json | None) -> str:
    """When all of it was last read, as the trail itself tells."""
    if told is None:
        return "The trail names no verification of all of it yet (Audit trail, Verify the whole trail)."
    found = "intact" if told["is_intact"] else "changed"
    return (
        f"All of it was last verified on {exact(str(told['at']))}: {number(told['rows'])} entries, {found}"
        f" (entry {number(told['entry'])})."
    )


def chain_gaps(facts: Facts) -> tuple[str, ...]:
    """What is missing where the trail was found to be altered."""
    chain = facts.trail.get("whole_chain") or {}
    return () if chain.get("is_intact") else (ALTERED,)
