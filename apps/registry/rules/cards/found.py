"""What a card or a bill of materials says, in our words, whatever its format."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.catalog.rules.metadata.found import NO_LICENCE, is_blank
from apps.registry.rules import RELATIONS
from apps.registry.rules.cards.fields import (
    FIELDS,
    FIGURES,
    FILES_DIGEST,
    LICENCE,
    RELATION,
)

MOST_FIGURES = 5_000
MOST_FILES = 2_000
KEYS = ("name", "task", "dataset", "split", "revision")


@dataclass(frozen=True)
class Figure:
    """One figure of a model's performance. `text` is the value as written where it is no number.

    `low` and `high` bound an interval where one is given; `verify` is the token by which the hub vouches for it.
    """

    name: str
    value: float | None = None
    text: str = ""
    task: str = ""
    dataset: str = ""  # its identifier where it has one
    dataset_name: str = ""
    config: str = ""
    split: str = ""
    revision: str = ""
    source: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    date: str = ""
    verify: str = ""

    def as_json(self) -> dict[str, Any]:
        """What is said, without what is not."""
        return {name: value for name, value in asdict(self).items() if not is_blank(value)}

    @property
    def words(self) -> str:
        """The figure in a line."""
        of = self.dataset_name or self.dataset
        where = " ".join(part for part in (of, self.config, self.split) if part)
        return f"{self.name} {self.rounded}" + (f" on {where}" if where else "")

    @property
    def rounded(self) -> str:
        """The value for people: four figures that count, in thousands with blanks; exports keep it as it is."""
        if self.value is None:
            return self.text
        if abs(self.value) >= 10_000 and self.value == round(self.value):
            return f"{self.value:,.0f}".replace(",", " ")
        return f"{self.value:.4g}"

    @property
    def said(self) -> str:
        """The value as it is written."""
        return self.text if self.value is None else repr(self.value)


def figure_of(told: Mapping[str, Any]) -> Figure:
    """The figure that `Figure.as_json` wrote."""
    return Figure(**{name: value for name, value in told.items() if name in Figure.__dataclass_fields__})


@dataclass
class Found:
    """Everything that was understood. `notes` are sentences about what was read leniently or left out.

    `about` describes the model (name, version, url, supplier, published); `statements` holds our fields, those with
    columns of their own among them; `other` are properties of other tools, by name, which are shown and not kept.
    """

    format: str
    about: dict[str, Any] = field(default_factory=dict)
    licence: str = ""  # an SPDX expression where the file's words could be read as one
    licence_said: str = ""  # the file's own words
    statements: dict[str, Any] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)
    other: dict[str, str] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, name: str, value: Any) -> None:
        """Put down a statement; texts for a field that has one already are added to it."""
        if is_blank(value):
            return
        known = self.statements.get(name)
        self.statements[name] = value if is_blank(known) else _both(known, value)

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, with lists cut to what is kept."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        told["figures"] = [figure.as_json() for figure in self.figures]
        for name, most in ((FIGURES, MOST_FIGURES), ("files", MOST_FILES)):
            if len(told[name]) > most:
                self.note(f"Only the first {most} of {len(told[name])} {name} are kept.")
                told[name] = told[name][:most]
        return told


def _both(known: Any, value: Any) -> Any:
    old = known if isinstance(known, list) else [known]
    new = value if isinstance(value, list) else [value]
    return [*old, *(item for item in new if item not in old)]


def said_of(found: Mapping[str, Any], name: str) -> Any:
    """What the file says about one of our fields; None for nothing."""
    if name == LICENCE:
        said = str(found.get("licence_said") or "")
        return found.get("licence") or (said if said.lower() not in NO_LICENCE else "")
    if name == FILES_DIGEST:
        return [file["sha256"] for file in found.get("files", []) if file.get("sha256")]
    if name == FIGURES:
        return [figure_of(told).words for told in found.get("figures", [])]
    told = found.get("statements", {})
    if name == RELATION and told.get(name) not in RELATIONS:
        return None
    return told.get(name)


def missing_in(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the questions need and the file lacks, in their order.

    `carried` tells whether the format has a term for it at all: a gap of the file, or one of the standard.
    """
    return [
        {
            "field": one.name,
            "label": one.label,
            "questions": list(one.questions),
            "carried": found["format"] in one.carriers,
        }
        for one in FIELDS
        if one.is_needed and is_blank(said_of(found, one.name))
    ]
