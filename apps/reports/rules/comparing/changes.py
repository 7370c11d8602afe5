"""Differences between two sets of things, each with its name and what is said of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.core.formatting import digest_short

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = {ADDED: "Added", REMOVED: "No longer there", CHANGED: "Changed"}
DIGEST = "digest"
LONGEST_QUOTE = 80  # characters of a value in a sentence; the whole value stands beside it
_HEX = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:\+00:00|Z)")
_NOTHING: tuple[Any, ...] = (None, "", [], {}, ())


@dataclass(frozen=True)
class Item:
    """One thing of a snapshot: what people call it, what is said of it by name, and, in `told`, what is worth telling
    of it where it is new or gone."""

    label: str
    values: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True)
class Change:
    """One difference. `before` and `after` are empty for what came or went."""

    kind: str
    thing: str
    what: str = ""
    before: str = ""
    after: str = ""
    told: str = ""

    @property
    def kind_label(self) -> str:
        """What kind of difference it is, in words."""
        return KINDS[self.kind]

    @property
    def sentence(self) -> str:
        """The difference as a sentence."""
        if self.kind != CHANGED:
            more = f": {self.told}" if self.told else ""
            return f"{self.thing} {'was added' if self.kind == ADDED else 'is no longer there'}{more}."
        if not self.before or not self.after:
            gone = f"is no longer said; it was {_quoted(self.before)}"
            told = f"is now {_quoted(self.after)}" if self.after else gone
            return f"{self.thing}: {self.what} {told}."
        if max(len(self.before), len(self.after)) > LONGEST_QUOTE:
            return f"{self.thing}: {self.what} changed."
        return f"{self.thing}: {self.what} was {_quoted(self.before)}, is {_quoted(self.after)}."


@dataclass(frozen=True)
class Area:
    """One part of the record with its differences."""

    title: str
    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        """How many differences are of this kind."""
        return sum(change.kind == kind for change in self.changes)


@dataclass(frozen=True)
class Comparison:
    """Every area of the record in its order."""

    areas: tuple[Area, ...]

    @property
    def changed(self) -> list[Area]:
        """The areas in which anything differs."""
        return [area for area in self.areas if area.changes]

    @property
    def unchanged(self) -> list[Area]:
        """The areas in which nothing differs."""
        return [area for area in self.areas if not area.changes]

    def count(self, kind: str) -> int:
        """How many differences of all areas are of this kind."""
        return sum(area.count(kind) for area in self.areas)

    @property
    def total(self) -> int:
        """How many differences there are."""
        return sum(len(area.changes) for area in self.areas)

    @property
    def as_json(self) -> dict[str, Any]:
        """The whole comparison for programs."""
        names = ("kind", "thing", "what", "before", "after", "sentence")
        return {
            "counts": {kind: self.count(kind) for kind in KINDS},
            "areas": [
                {
                    "title": area.title,
                    "changes": [{name: getattr(change, name) for name in names} for change in area.changes],
                }
                for area in self.areas
            ],
        }


def compared(before: Mapping[Any, Item], after: Mapping[Any, Item]) -> Iterator[Change]:
    """The differences between two sets of things that are known by the same keys: what came, went, and changed."""
    yield from (Change(ADDED, item.label, told=item.told) for key, item in after.items() if key not in before)
    yield from (Change(REMOVED, item.label, told=item.told) for key, item in before.items() if key not in after)
    for key, item in after.items():
        if key in before:
            yield from _changes(before[key], item)


def _changes(before: Item, after: Item) -> Iterator[Change]:
    found = [name for name in dict.fromkeys([*before.values, *after.values]) if _differs(before, after, name)]
    for name in found:
        if name != DIGEST or found == [DIGEST]:  # what changed is told by name; that the digest did says no more
            yield Change(CHANGED, after.label, name, words(before.values.get(name)), words(after.values.get(name)))


def _differs(before: Item, after: Item, name: str) -> bool:
    old, new = before.values.get(name), after.values.get(name)
    return old != new and not (old in _NOTHING and new in _NOTHING)


def words(value: Any) -> str:
    """A value of a snapshot as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        moment = _MOMENT.fullmatch(value)
        told = f"{moment[1]} {moment[2]} UTC" if moment else value
        return digest_short(told) if _HEX.fullmatch(told) else told
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        named = value.get("label") or value.get("name") or value.get("title")
        return str(named) if named else "; ".join(f"{key}: {words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(words(item) for item in value)
    return str(value)


def _quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= LONGEST_QUOTE else f"“{text[:LONGEST_QUOTE].rstrip()} …”"
