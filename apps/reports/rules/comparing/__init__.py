"""What changed between two snapshots of one thing, in plain words: what came, what went, what changed."""

from apps.reports.rules.comparing.areas import AREAS
from apps.reports.rules.comparing.changes import (
    ADDED,
    CHANGED,
    KINDS,
    REMOVED,
    Area,
    Change,
    Comparison,
    Item,
    compared,
)

__all__ = ["ADDED", "CHANGED", "KINDS", "REMOVED", "Area", "Change", "Comparison", "Item", "compare"]


def compare(before: dict[str, object], after: dict[str, object]) -> Comparison:
    """The differences between the JSON of two snapshots, area by area; areas without a difference are in it, empty."""
    return Comparison(tuple(Area(title, tuple(compared(read(before), read(after)))) for title, read in AREAS.items()))
