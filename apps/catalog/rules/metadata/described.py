"""What an export says of a dataset version: plain facts, gathered by apps.catalog.queries.metadata."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.gathered import gathered_from

DECLARED, IMPORTED, MEASURED = "declared", "imported", "measured"


@dataclass(frozen=True)
class Measured:
    """One sentence that rests on a scan: the field it speaks to, and the section of the scan's result it is from."""

    field: str
    words: str
    section: str
    value: dict[str, Any]


@dataclass(frozen=True)
class Described:
    """A dataset version. Times are ISO 8601 in UTC; `sources` and `derived_from` are in the words of the datasheet."""

    name: str
    number: int
    description: str
    url: str  # the page of the version in this portal
    team: str
    created: str
    previous: str  # when the version before it was made; empty for the first
    filename: str
    format: str  # jsonl | csv | parquet | text
    digest: str
    size: int
    rows: int
    columns: Sequence[dict[str, str]]
    key_columns: Sequence[str]
    licence: str
    datasheet: dict[str, Any]
    imported: dict[str, str] = field(default_factory=dict)  # field → the file that it was read from
    sources: Sequence[dict[str, Any]] = ()
    derived_from: Sequence[dict[str, Any]] = ()
    measured: Sequence[Measured] = ()
    shapes: dict[str, Any] = field(default_factory=dict)  # of columns that hold lists or objects
    scan: str = ""  # "Scan 12 of 2026-11-22"

    def said(self) -> dict[str, Any]:
        """Every field that something is said of, the recorded sources before those of the datasheet."""
        names = {source["name"] for source in self.sources}
        listed = self.datasheet.get("sources") or []
        typed = listed if isinstance(listed, list) else [listed]
        more = [one for one in typed if (one.get("name") if isinstance(one, dict) else one) not in names]
        derived = [*self.derived_from, *_without(self.datasheet.get("derived_from"), self.derived_from)]
        told = self.datasheet | {"sources": [*self.sources, *more], "derived_from": derived}
        return {name: value for name, value in told.items() if not is_blank(value)}

    @cached_property
    def gathered(self) -> dict[str, list[str]]:
        """What the recorded sources say about fields of which the datasheet says nothing."""
        return gathered_from(self.sources, self.datasheet)

    def how_known(self) -> dict[str, str]:
        """For each field, how it is known, in words."""
        known = dict.fromkeys(self.gathered, "declared in the records of the sources")
        known |= dict.fromkeys(self.said(), f"{DECLARED} by the team")
        known |= {name: f"{IMPORTED} from {file}" for name, file in self.imported.items() if name in known}
        for one in self.measured:
            how = f"{MEASURED} by {self.scan}"
            known[one.field] = f"{known[one.field]}; {how}" if one.field in known else how
        return known | ({"licence": f"{DECLARED} by the team"} if self.licence else {})

    def measured_of(self, name: str) -> list[str]:
        """What scans say about a field."""
        return [one.words for one in self.measured if one.field == name]

    def beside(self, name: str) -> list[str]:
        """What the sources and the scans say about a field, beside the datasheet."""
        return [*self.gathered.get(name, []), *self.measured_of(name)]


def _without(listed: Any, known: Sequence[dict[str, Any]]) -> list[Any]:
    digests = {one.get("digest") for one in known}
    items = listed if isinstance(listed, list) else [] if is_blank(listed) else [listed]
    return [one for one in items if not (isinstance(one, dict) and one.get("digest") in digests)]
