"""What was read of a framework file, with the line of each piece, and reading it field by field.

Every broken rule is gathered, so that somebody who writes a file sees all of them at once.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
MOST_PROBLEMS = 50  # what a person reads in one go; the rest shows after these are mended


@dataclass(frozen=True)
class Spot:
    """A piece of a file: a mapping of spots, a list of spots or a plain value, with its line (from 1) and its text."""

    value: Any
    line: int
    text: str = ""


@dataclass(frozen=True)
class Problem:
    """One rule that a file breaks, and where."""

    line: int
    place: str
    rule: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.place + ': ' if self.place else ''}{self.rule}"


class FrameworkInvalid(ValueError):
    """A framework file breaks rules; the message names the file and, for each, the line, the place and the rule."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(f"{name}, {problem}" for problem in self.problems))


@dataclass(frozen=True)
class Place:
    """A place in a file that is being read: says what is wrong there, and goes on with an empty value."""

    spot: Spot
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, rule: str, at: Spot | None = None) -> None:
        """Note that a rule is broken here."""
        self.problems.append(Problem((at or self.spot).line, self.path, f"{rule}."))

    def fields(self, needed: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Spot]:
        """The fields of a mapping that has all of `needed` and nothing beyond these and `optional`."""
        found = self.spot.value
        if not isinstance(found, dict):
            self.refuse("here stands a mapping of fields")
            return {}
        missing = [name for name in needed if name not in found]
        if missing:
            self.refuse(f"these fields are missing: {', '.join(missing)}")
        known = {*needed, *optional}
        for name, spot in found.items():
            if name not in known:
                self.refuse(f"this field is not known: {name}", spot)
        return {name: spot for name, spot in found.items() if name in known}

    def items(self, found: Mapping[str, Spot], name: str, *, is_filled: bool = False) -> list["Place"]:
        """The items of a list, each with its place. Nothing where the field is left out."""
        if name not in found:
            return []
        spot = found[name]
        if not isinstance(spot.value, list) or (is_filled and not spot.value):
            self.refuse(f"{name} is a list{' with at least one item' if is_filled else ''}", spot)
            return []
        return [self.inside(item, f"{name}[{i}]") for i, item in enumerate(spot.value)]

    def inside(self, spot: Spot, part: str) -> "Place":
        """A place further in, which gathers its problems with this one's."""
        return Place(spot, f"{self.path}.{part}" if self.path else part, self.problems)

    def text(self, found: Mapping[str, Spot], name: str, default: str | None = None, most: int = 20_000) -> str:
        """A text without white space around it; never empty unless it may be left out."""
        if name not in found:
            return default or ""
        spot = found[name]
        if not isinstance(spot.value, str):
            hint = f"; put “{spot.text}” in quotes" if spot.text else ""
            self.refuse(f"{name} is a text{hint}", spot)
            return ""
        value = spot.value.strip()
        if not value and default is None:
            self.refuse(f"{name} is a text and not empty", spot)
        if len(value) > most:
            self.refuse(f"{name} has at most {most} characters", spot)
        return value

    def matching(self, found: Mapping[str, Spot], name: str, pattern: re.Pattern[str], rule: str) -> str:
        """A text of a form. A field that is left out is empty; whether it may be is said by `fields`."""
        value = self.text(found, name)
        if value and not pattern.fullmatch(value):
            self.refuse(f"{name} {rule}; not so: {value[:80]}", found[name])
        return value

    def one_of(self, found: Mapping[str, Spot], name: str, allowed: Iterable[str], default: str = "") -> str:
        """One of a few words."""
        value = self.text(found, name) if name in found else default
        if name in found and value not in allowed:
            self.refuse(f"{name} is one of {', '.join(allowed)}", found[name])
        return value

    def some_of(self, found: Mapping[str, Spot], name: str, allowed: Iterable[str], rule: str) -> tuple[str, ...]:
        """A list of known words."""
        values = self.texts(found, name)
        unknown = sorted(set(values) - set(allowed))
        if unknown:
            self.refuse(f"{name} {rule}; not so: {', '.join(unknown)}", found[name])
        return values

    def texts(self, found: Mapping[str, Spot], name: str) -> tuple[str, ...]:
        """A list of texts, none of them twice."""
        places = self.items(found, name)
        values = tuple(place.spot.value for place in places if isinstance(place.spot.value, str) and place.spot.value)
        if len(values) != len(places):
            self.refuse(f"{name} is a list of texts", found[name])
        if len(set(values)) != len(values):
            self.refuse(f"{name} names nothing twice", found[name])
        return values

    def number(self, found: Mapping[str, Spot], name: str, rule: str, least: int = 0) -> int:
        """A whole number."""
        spot = found.get(name)
        if spot is None:
            return least
        if isinstance(spot.value, bool) or not isinstance(spot.value, int) or spot.value < least:
            self.refuse(f"{name} is {rule}", spot)
            return least
        return int(spot.value)

    def decimal(self, found: Mapping[str, Spot], name: str, default: str) -> str:
        """A number from 0 upwards, kept as it is written so that sums are exact."""
        if name not in found:
            return default
        spot = found[name]
        written = (spot.text or (spot.value if isinstance(spot.value, str) else "")).strip()
        if not DECIMAL.fullmatch(written):
            self.refuse(f"{name} is a decimal number such as 1 or 0.25, not a formula", spot)
            return default
        return written

    def day(self, found: Mapping[str, Spot], name: str, default: str | None = None) -> str:
        """An ISO 8601 date."""
        value = self.text(found, name, default)
        if value and not _is_day(value):
            self.refuse(f"{name} is a date such as 2026-08-02", found[name])
        return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
