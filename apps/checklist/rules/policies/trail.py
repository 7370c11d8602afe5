"""What the newest verification of the audit trail says to the rule that decisions are written into it."""

from dataclasses import dataclass

from apps.checklist.rules.policies.outcomes import Figure
from apps.checklist.rules.problems import CHANGED_TRAIL, POLICY, GateItem


@dataclass(frozen=True)
class TrailKnown:
    """The newest verification of the whole trail that came to an end. `on` is its day, ISO 8601; `head` the digest of
    the last entry; `broken_at` the first entry that is wrong, where it is one entry.
    """

    run: int
    on: str
    is_intact: bool
    rows: int
    head: str
    broken_at: int | None
    page: str


def against_trail(known: TrailKnown | None) -> tuple[list[GateItem], tuple[Figure, ...]]:
    """What stands against the trail, and the figures. Nothing where nobody has verified it yet: every decision is
    written down all the same.
    """
    if known is None:
        return [], ()
    digests = (("head of the trail", known.head),) if known.head else ()
    said = "unchanged" if known.is_intact else "changed"
    figure = Figure(
        f"Verification {known.run} on {known.on}", f"{said}, {known.rows} entries", "unchanged", "", digests
    )
    return ([] if known.is_intact else [_changed(known)]), (figure,)


def _changed(known: TrailKnown) -> GateItem:
    where = f" at entry {known.broken_at}" if known.broken_at else ""
    return GateItem(
        POLICY,
        f"Verification {known.run} of {known.on} found that the audit trail was changed{where}.",
        "Find out what was changed and by whom, put the trail right, and have it verified again.",
        page=known.page,
        kind=CHANGED_TRAIL,
    )
