"""What an export says of a model version: plain facts, gathered by apps.portal.queries.cards."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.found import is_blank
from apps.core.canonical import digest_of
from apps.registry.rules.cards.fields import BASES, FIGURES, FILES_DIGEST, LICENCE, RELATION
from apps.registry.rules.cards.found import Figure

# Every serial number is made in this namespace from what the document says: equal facts, equal number (RFC 9562, 5.5).
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:genaiops:vocabulary")


@dataclass(frozen=True)
class FileFacts:
    """One file of the version."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True)
class BaseFacts:
    """A model that the version was made from; `child` is the place of what was made from it, None for the version."""

    key: str
    name: str
    version: str = ""
    digest: str = ""
    licence: str = ""
    source: str = ""
    child: str = ""
    is_hidden: bool = False  # of a team that the reader is not in


@dataclass(frozen=True)
class DataFacts:
    """A dataset version that trained or tested the model. `said` is in the words of the datasheet, by field."""

    key: str
    name: str
    use: str  # training | evaluation
    of: str = ""  # the key of the base model that it trained; empty for the version itself
    version: str = ""
    digest: str = ""
    size: int = 0
    rows: int = 0
    kinds: Sequence[str] = ()  # text, structured …: SPDX's types of data
    licence: str = ""
    created: str = ""
    team: str = ""
    url: str = ""
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    measured: Mapping[str, Sequence[str]] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)  # figures of scans that no standard has a term for
    has_personal_data: bool | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class RunFacts:
    """A run that took part, with what it used. Energy in kWh, emissions in kg CO2-equivalent as it was measured."""

    key: str
    activity: str  # fine-tuning | validation, CycloneDX's words
    started: str = ""
    finished: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    hardware: str = ""
    seconds: float | None = None
    energy_kwh: float | None = None
    co2_kg: float | None = None
    method: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceFacts:
    """One deployment, and the applications that call it: name → whether and when they said that they know."""

    key: str
    name: str
    environment: str
    purpose: str
    state: str
    applications: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Described:
    """A model version. Times are ISO 8601 in UTC, to the second; `known` says how each field is known, in words."""

    model: str
    number: int
    team: str
    url: str
    created: str
    updated: str  # the newest moment of everything that is said here
    stage: str
    digest: str
    size: int
    statements: Mapping[str, Any]
    known: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileFacts] = ()
    figures: Sequence[Figure] = ()
    bases: Sequence[BaseFacts] = ()
    data: Sequence[DataFacts] = ()
    runs: Sequence[RunFacts] = ()
    places: Sequence[PlaceFacts] = ()
    properties: Mapping[str, str] = field(default_factory=dict)  # of the whole: recreation, compute, duties …
    measured: Mapping[str, Sequence[str]] = field(default_factory=dict)  # field → sentences that a run told
    answers: Mapping[str, str] = field(default_factory=dict)  # question of the checklist → how its answer is known

    @property
    def label(self) -> str:
        """The version as people call it."""
        return f"{self.model} v{self.number}"

    @property
    def serial(self) -> str:
        """A UUID for exactly these facts."""
        return str(uuid.uuid5(_NAMESPACE, digest_of(asdict(self))))

    def said(self) -> dict[str, list[str]]:
        """For every field that something is said of, the paragraphs: statements first, then what was measured."""
        told = {name: in_words(value) for name, value in self.statements.items() if not is_blank(value)}
        for name, words in self.measured.items():
            if words:
                told[name] = [*told.get(name, []), *words]
        if self.figures:
            told[FIGURES] = [one.words for one in self.figures]
        if self.digest:
            told[FILES_DIGEST] = [self.digest]
        return told

    def how_known(self) -> dict[str, str]:
        """For every field that something is said of, how it is known."""
        said = self.said()
        plain = dict.fromkeys(said, "declared by the team")
        plain |= {name: "measured by the platform" for name in (*self.measured, FILES_DIGEST) if name in said}
        return plain | {name: how for name, how in self.known.items() if name in said}

    @property
    def licence(self) -> str:
        """The licence of the version, as it is on record."""
        return str(self.statements.get(LICENCE) or "")

    @property
    def base_names(self) -> list[str]:
        """The models it was made from directly, by the names that others know them by where there are such."""
        recorded = [base.source or base.name for base in self.bases if not base.child and not base.is_hidden]
        named = self.statements.get(BASES) or []
        return list(dict.fromkeys([*recorded, *(named if isinstance(named, list) else [str(named)])]))

    @property
    def relation(self) -> str:
        """How it relates to its base, in the hub's word."""
        return str(self.statements.get(RELATION) or "")
