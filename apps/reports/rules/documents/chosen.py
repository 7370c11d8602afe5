"""Which edition of which document lies in a pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SIMPLIFIED = "simplified"


@dataclass(frozen=True, order=True)
class Chosen:
    """One edition of one document: for everybody, for one audience, or the short one for small providers."""

    document: str
    audience: str = ""
    is_simplified: bool = False

    @property
    def key(self) -> str:
        """How a form and a command name it: `slug`, `slug:audience`, `slug::simplified`."""
        return ":".join((self.document, self.audience, SIMPLIFIED if self.is_simplified else "")).rstrip(":")

    @property
    def stem(self) -> str:
        """What its files in a pack are called, before the ending."""
        return "-".join(part for part in self.key.split(":") if part)

    @property
    def as_json(self) -> dict[str, Any]:
        """As a run keeps it and the API tells it."""
        return {"document": self.document, "audience": self.audience, "is_simplified": self.is_simplified}


def chosen_from(told: Mapping[str, Any]) -> Chosen:
    """What `as_json` told."""
    return Chosen(told["document"], told["audience"], told["is_simplified"])


def chosen_named(key: str) -> Chosen:
    """What `key` named; of anything else an edition that no document has."""
    document, audience, simplified = [*key.split(":"), "", ""][:3]
    return Chosen(document, audience, simplified == SIMPLIFIED)
