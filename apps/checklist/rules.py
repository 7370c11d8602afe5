"""How an answer is known, when it is stale, and when the gate is green."""

from dataclasses import dataclass, field
from typing import Any

OPEN, SUBMITTED, APPROVED, REFUSED = "open", "submitted", "approved", "refused"

MEASURED, IMPORTED, DECLARED, UNKNOWN, NOT_APPLICABLE = (
    "measured",
    "imported",
    "declared",
    "unknown",
    "not_applicable",
)
STATUSES = {
    MEASURED: "Measured",
    IMPORTED: "Imported",
    DECLARED: "Declared",
    UNKNOWN: "Unknown",
    NOT_APPLICABLE: "Not applicable",
}
# How strong each way of knowing is; a question may ask for a minimum.
_STRENGTH = {UNKNOWN: 0, DECLARED: 1, IMPORTED: 2, MEASURED: 3}


def is_strong_enough(status: str, minimum: str) -> bool:
    """Whether an answer known in this way meets the minimum. "Not applicable" does, because it needs a reason."""
    return status == NOT_APPLICABLE or _STRENGTH[status] >= _STRENGTH[minimum]


def strongest(statuses: list[str]) -> str:
    """The strongest way of knowing among several pieces of evidence; unknown when there is none."""
    return max(statuses, key=lambda status: _STRENGTH.get(status, 0), default=UNKNOWN)


@dataclass(frozen=True)
class GateItem:
    """One reason why the gate is red."""

    question: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Gate:
    """Whether a version may be approved, with every reason against it."""

    problems: list[GateItem] = field(default_factory=list)

    @property
    def is_green(self) -> bool:
        """Whether nothing stands against approval."""
        return not self.problems


def evidence_digests(evidence: list[dict[str, Any]]) -> list[str]:
    """The subject digests of an answer's evidence in a stable order, for the basis of a decision."""
    return sorted(item["subject_digest"] for item in evidence)
