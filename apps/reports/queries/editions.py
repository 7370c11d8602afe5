"""The editions of documents that can be had of one thing, and which of them can go into a pack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.reports.queries.kinds import Kind, kinds_about
from apps.reports.rules.documents.chosen import Chosen

FULL_LABEL, SIMPLIFIED_LABEL = "Whole document", "Simplified, for small providers"
EVERYBODY = "For everybody"
Known = Callable[[Chosen], dict[str, Any] | None]


@dataclass(frozen=True)
class Edition:
    """One edition of a document: for whom, and whether it is the simplified one."""

    audience: str
    is_simplified: bool
    label: str

    @property
    def query(self) -> str:
        """How the address names it."""
        return f"audience={self.audience}" + ("&simplified=1" if self.is_simplified else "")


@dataclass(frozen=True)
class Choice:
    """One edition of a document that can go into a pack. `standing` is None where it is not known."""

    kind: Kind
    edition: Edition
    chosen: Chosen
    standing: dict[str, Any] | None

    @property
    def label(self) -> str:
        """Which edition it is; empty where there is one only."""
        return "" if self.edition.label == FULL_LABEL else self.edition.label


def editions_offered(kind: Kind, is_small: bool) -> list[Edition]:
    """The editions of a kind of document that this subject can have."""
    found = kind.spec.editions(is_small=is_small) if kind.spec else [("", False)]
    return [
        Edition(audience, is_simplified, _label(kind, audience, is_simplified)) for audience, is_simplified in found
    ]


def _label(kind: Kind, audience: str, is_simplified: bool) -> str:
    if is_simplified:
        return SIMPLIFIED_LABEL
    everybody = EVERYBODY if kind.audiences else FULL_LABEL
    return kind.audience_title(audience) if audience else everybody


def choices_of(subject_kind: str, is_small: bool, known: Known) -> list[Choice]:
    """Every edition that a pack about such a thing can hold; `known` tells how one would stand."""
    found = [
        (kind, edition, Chosen(kind.slug, edition.audience, edition.is_simplified))
        for kind in kinds_about(subject_kind)
        if kind.spec is not None
        for edition in editions_offered(kind, is_small)
    ]
    return [Choice(kind, edition, chosen, known(chosen)) for kind, edition, chosen in found]
