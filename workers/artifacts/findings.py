"""What a look into a file brought: one finding, and how bad it is."""

from dataclasses import dataclass

CRITICAL, HIGH, MEDIUM, LOW, NONE, UNSCANNED = "critical", "high", "medium", "low", "none", "unscanned"


@dataclass(frozen=True)
class Finding:
    """One thing that was found in a file, in a sentence, and where in it (a path inside an archive, or empty)."""

    severity: str
    what: str
    where: str = ""


def unscanned(why: str, where: str = "") -> Finding:
    """That a file, or a part of it, could not be looked into."""
    return Finding(UNSCANNED, why, where)
