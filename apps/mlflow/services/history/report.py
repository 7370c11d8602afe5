"""What came of an import and what could not come, kept as it goes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MOST_MISSING = 500


@dataclass
class Report:
    """Counts by kind, what was here already, and what could not come with the reason."""

    came: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)
    missing: list[dict[str, str]] = field(default_factory=list)
    missed: int = 0

    def miss(self, what: str, why: str) -> None:
        """Note one thing that could not come."""
        self.missed += 1
        if len(self.missing) < MOST_MISSING:
            self.missing.append({"what": what[:200], "why": why[:300]})

    @property
    def told(self) -> dict[str, Any]:
        """The report as it is stored."""
        return {
            "came": dict(self.came),
            "here_already": dict(self.here),
            "missing": self.missing,
            "missed": self.missed,
        }
