"""The list of licences as data: what each allows, asks for and forbids, and every rule that such a file keeps.

The format is explained at the head of apps/catalog/licences/licences-1.yaml. Pure: reads one file, knows no database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, get_origin

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "licences"
FILE = FOLDER / "licences-1.yaml"
UNKNOWN = "unknown"
YES, NO = "required", "not required"
_PERMISSIONS = ("allowed", "conditional", UNKNOWN, "forbidden")
_DUTIES = (NO, UNKNOWN, YES)
# The words that each term may take, from the most open to the strictest; a sum of licences has the strictest of each.
WORDS: dict[str, tuple[str, ...]] = {
    "licence_class": ("permissive", "copyleft", "restricted", UNKNOWN, "non-commercial"),
    "commercial_use": _PERMISSIONS,
    "redistribution": _PERMISSIONS,
    "derivatives": _PERMISSIONS,
    "attribution": _DUTIES,
    "licence_copy": _DUTIES,
    "state_changes": _DUTIES,
    "share_alike": ("none", "files", UNKNOWN, "same", "network"),
    "outputs_train": ("allowed", "not addressed", "named", UNKNOWN, "forbidden"),
    "patents": ("granted", "ends on litigation", "not addressed", UNKNOWN, "not granted"),
    "ends": ("never", "on litigation", "on breach", UNKNOWN, "revocable"),
    "read": ("text", "classification", "name"),
}
MEANS = {
    "permissive": "Use, change and share, with attribution or none.",
    "copyleft": "Commercial use is allowed; what is derived and shared must carry the same licence.",
    "restricted": "The licence sets conditions of its own (use policies, no derivatives, user thresholds): read it.",
    UNKNOWN: "Nothing is known about this licence: a person must read it.",
    "non-commercial": "Commercial use is not allowed.",
}
# The names of the file that are not Python's: `class` is a word of the language.
_RENAMED = {"class": "licence_class"}


class LicencesInvalid(ValueError):
    """A file of licences breaks a rule; the message names the file, the line and the rule."""


@dataclass(frozen=True)
class Licence:
    """One licence with its terms; see the head of the data file for what each field means."""

    id: str
    name: str
    licence_class: str
    commercial_use: str
    redistribution: str
    derivatives: str
    attribution: str
    licence_copy: str
    state_changes: str
    share_alike: str
    use_restrictions: str
    restrictions_passed_on: bool
    restricted_uses: dict[str, str]
    user_threshold: int | None
    revenue_threshold: int | None
    naming: str
    outputs_train: str
    territory: str
    patents: str
    ends: str
    clause: str
    source: str
    read: str
    aliases: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return self.licence_class != UNKNOWN


@dataclass(frozen=True)
class Incompatible:
    """Two groups of licences that no work made of both can satisfy when it is passed on."""

    id: str
    one: frozenset[str]
    other: frozenset[str]
    because: str
    source: str

    def meets(self, first: str, second: str) -> bool:
        """Whether these two licences stand on different sides."""
        return (first in self.one and second in self.other) or (second in self.one and first in self.other)


@dataclass(frozen=True)
class LicenceBook:
    """One version of the list. `licences` by id; `aliases` from other spellings, in lower case, to ids."""

    version: int
    effective_date: str
    sources: tuple[Mapping[str, str], ...]
    categories: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    incompatible: tuple[Incompatible, ...]
    licences: Mapping[str, Licence]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> Licence | None:
        """A licence by its id or another spelling; None where the list has none."""
        return self.licences.get(self.aliases.get(name.casefold(), name))

    @property
    def unknown(self) -> Licence:
        """What is said of a licence that nobody has read."""
        return self.licences["LicenseRef-unknown"]


@cache
def licence_book() -> LicenceBook:
    """The list that comes with the product. Raises LicencesInvalid."""
    return licence_book_from(FILE.read_text(encoding="utf-8"), FILE.name)


def licence_book_from(text: str, name: str) -> LicenceBook:
    """Make the list from the text of the file `name`. Raises LicencesInvalid, which names file, line and rule."""
    try:
        raw = yaml.load(text, Loader=_WithLines)  # noqa: S506 - a SafeLoader that notes lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise LicencesInvalid(f"{name}, line {mark.line + 1 if mark else 1}: the file can be read as YAML.") from error
    where = _Place(name, raw if isinstance(raw, dict) else {})
    where.has(
        "urn", "version", "title", "effective_date", "sources", "categories", "patterns", "incompatible", "licences"
    )
    where.require(isinstance(raw["version"], int) and raw["version"] >= 1, "version is a whole number from 1 upwards")
    licences = _licences(raw["licences"], name)
    book = LicenceBook(
        version=raw["version"],
        effective_date=str(raw["effective_date"]),
        sources=tuple(_plain(item) for item in raw["sources"]),
        categories=_plain(raw["categories"]),
        patterns=tuple(
            (re.compile(item["pattern"], re.IGNORECASE), _known(item["like"], licences, _Place(name, item)))
            for item in raw["patterns"]
        ),
        incompatible=tuple(_incompatible(item, licences, name) for item in raw["incompatible"]),
        licences=licences,
        aliases=_aliases(licences, where),
    )
    for target in book.categories.values():
        _known(target, licences, _Place(name, raw["categories"]))
    where.require("LicenseRef-unknown" in licences, "LicenseRef-unknown is one of the licences")
    return book


def _licences(raw: Any, name: str) -> dict[str, Licence]:
    entries: dict[str, dict[str, Any]] = {}
    for item in raw:
        where = _Place(name, item)
        where.has("id", "name")
        where.require(item["id"] not in entries, f"every licence stands once; {item['id']} does not")
        entries[item["id"]] = item
    return {key: _licence(key, entries, name) for key in entries}


def _licence(key: str, entries: dict[str, dict[str, Any]], name: str) -> Licence:
    item, where = entries[key], _Place(name, entries[key])
    given = {_RENAMED.get(word, word): value for word, value in _inherited(key, entries, name).items()}
    given["aliases"] = tuple(item.get("aliases") or ())
    known = {one.name: one for one in fields(Licence)}
    extra = sorted(set(given) - set(known))
    where.require(not extra, f"{key} has only known fields; not so: {', '.join(extra)}")
    missing = sorted(set(known) - set(given))
    where.require(not missing, f"{key} says all terms; missing: {', '.join(missing)}")
    for word, allowed in WORDS.items():
        where.require(given[word] in allowed, f"{key}: {word} is one of {', '.join(allowed)}")
    for word, one in known.items():
        is_text = one.type is str and word not in WORDS
        where.require(not is_text or isinstance(given[word], str), f"{key}: {word} is a text")
        is_table = get_origin(one.type) is dict
        where.require(not is_table or isinstance(given[word], dict), f"{key}: {word} is a table")
    for word in ("user_threshold", "revenue_threshold"):
        is_number = given[word] is None or (isinstance(given[word], int) and given[word] > 0)
        where.require(is_number, f"{key}: {word} is a number above 0, or null")
    where.require(given["source"].startswith("https://"), f"{key}: source is an https address")
    return Licence(**given)


def _inherited(key: str, entries: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """An entry's own fields over those of the entries it is like, the farthest first."""
    line: list[str] = []
    current: str | None = key
    while current is not None:
        where = _Place(name, entries[line[-1]] if line else entries[key])
        where.require(current in entries, f"{key} is like an entry of this file; there is no {current}")
        where.require(current not in line, f"{key} is not like itself")
        line.append(current)
        current = entries[current].get("like")
    found: dict[str, Any] = {}
    for one in reversed(line):
        found.update(_plain(entries[one]))
    found.pop("like", None)
    found["restricted_uses"] = _plain(found.get("restricted_uses") or {})
    return found


def _incompatible(item: dict[str, Any], licences: Mapping[str, Licence], name: str) -> Incompatible:
    where = _Place(name, item)
    where.has("id", "one", "other", "because", "source")
    sides = [frozenset(_known(one, licences, where) for one in item[side]) for side in ("one", "other")]
    return Incompatible(item["id"], sides[0], sides[1], item["because"], item["source"])


def _known(key: str, licences: Mapping[str, Licence], where: "_Place") -> str:
    where.require(key in licences, f"every licence named here has an entry; {key} has none")
    return key


def _aliases(licences: Mapping[str, Licence], where: "_Place") -> dict[str, str]:
    found = {key.casefold(): key for key in licences}
    for licence in licences.values():
        for alias in licence.aliases:
            taken = found.setdefault(alias.casefold(), licence.id)
            where.require(taken == licence.id, f"a spelling means one licence; {alias} means {taken} and {licence.id}")
    return found


_LINE = "__line__"


class _WithLines(yaml.SafeLoader):
    """Reads YAML and notes in every mapping the line that it begins on."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found | {_LINE: node.start_mark.line + 1}


def _mapping(loader: _WithLines, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_WithLines.add_constructor("tag:yaml.org,2002:map", _mapping)


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != _LINE}


@dataclass(frozen=True)
class _Place:
    """A mapping of the file, for errors that can be found."""

    name: str
    item: Mapping[str, Any]

    def require(self, is_so: bool, rule: str) -> None:
        if not is_so:
            raise LicencesInvalid(f"{self.name}, line {self.item.get(_LINE, 1)}: {rule}.")

    def has(self, *names: str) -> None:
        missing = [name for name in names if name not in self.item]
        self.require(not missing, f"these fields are there; missing: {', '.join(missing)}")
