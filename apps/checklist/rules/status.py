"""How an answer is known, and how strong each way of knowing is."""

from collections.abc import Iterable

OPEN, SUBMITTED, APPROVED, REFUSED = "open", "submitted", "approved", "refused"
STATES = {OPEN: "Open", SUBMITTED: "Waiting for sign-off", APPROVED: "Approved", REFUSED: "Refused"}

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
# What a person may say about an answer. "Measured" and "imported" are for the platform alone: nobody can type them.
STATED = {DECLARED: STATUSES[DECLARED], NOT_APPLICABLE: STATUSES[NOT_APPLICABLE], UNKNOWN: STATUSES[UNKNOWN]}
# How strong each way of knowing is; a question may ask for a minimum.
_STRENGTH = {UNKNOWN: 0, DECLARED: 1, IMPORTED: 2, MEASURED: 3}


def is_strong_enough(status: str, minimum: str) -> bool:
    """Whether an answer known in this way meets the minimum. "Not applicable" does, because it needs a reason."""
    return status == NOT_APPLICABLE or _STRENGTH[status] >= _STRENGTH[minimum]


def strength(status: str) -> int:
    """How strong a way of knowing is, for comparing; a reasoned "not applicable" counts as little as unknown."""
    return _STRENGTH.get(status, 0)


def strongest(statuses: Iterable[str]) -> str:
    """The strongest of several ways of knowing; unknown when there is none."""
    return max(statuses, key=strength, default=UNKNOWN)


def weakest(statuses: Iterable[str]) -> str:
    """The weakest of several ways of knowing: of ten datasets, one that nobody knows makes the whole unknown."""
    return min(statuses, key=strength, default=UNKNOWN)


def answer_status(stated: str, found: str) -> str:
    """How an answer is known when a person said `stated` (or nothing: "") and the platform found `found`.

    What is found never loses against a person's "unknown", and a person's word is never lost because nothing is
    found. "Not applicable" stands as said; the gate looks at whether the evidence contradicts it.
    """
    if stated == NOT_APPLICABLE:
        return NOT_APPLICABLE
    return strongest([stated or UNKNOWN, found])
