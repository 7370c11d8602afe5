"""Values from outside that will be stored as JSON: only what JSON can say, and no more than anybody writes by hand.

Datasheets and settings arrive as JSON or YAML. Both can hold things that databases, digests or readers choke on: values
nested a thousand deep, NaN, half of a surrogate pair, YAML's aliases that unfold into gigabytes.
"""

import json
import re
from math import isfinite
from typing import Any, NoReturn

import yaml

from apps.core.errors import Invalid

MOST_CHARACTERS = 200_000  # of a text, and of all texts in a value together
MOST_VALUES = 10_000
MOST_DEPTH = 20
LARGEST_INTEGER = 2**53 - 1  # beyond it JSON readers in other languages round (RFC 8259, 6)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores neither NUL nor half of a surrogate pair


def plain_object(value: Any, name: str = "value") -> dict[str, Any]:
    """`value` itself when it is an object of plain JSON values within the bounds. Raises Invalid."""
    if not isinstance(value, dict):
        _refuse(f"“{name}” must be an object: names with their values.")
    _Check(name).visit(value, 1)
    return value


def object_of_text(text: str, name: str = "value") -> dict[str, Any]:
    """The object that a JSON or YAML text holds; nothing for an empty text. Raises Invalid.

    YAML is read by the rules of its JSON schema (YAML 1.2, 10.2): `no` and `2024-01-31` stay words. Aliases and
    explicit tags are refused.
    """
    if len(text) > MOST_CHARACTERS:
        _refuse(f"“{name}” is longer than {MOST_CHARACTERS} characters.")
    if not text.strip():
        return {}
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Reader)  # noqa: S506
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = where.line + 1 if where else getattr(error, "lineno", None)
        _refuse(f"“{name}” is neither JSON nor YAML that can be read" + (f": look at line {line}." if line else "."))
    return {} if value is None else plain_object(value, name)


def _refuse(message: str) -> NoReturn:
    raise Invalid(message, code="input.not_plain")


class StoredNumbers(json.JSONDecoder):
    """Reads numbers as they were written: PostgreSQL keeps them as decimals and gives 1e+21 back as a long integer."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more | {"parse_int": _whole})


def _whole(digits: str) -> int | float:
    value = float(digits)
    return value if abs(value) > LARGEST_INTEGER else int(digits)


def storable(value: Any) -> Any:
    """What an engine returned, with each character that no database stores replaced by U+FFFD.

    Raises Invalid for NaN and infinity: a training or a measurement that diverged has no result.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float) and not isfinite(value):
        raise Invalid(
            "The result holds a value that is no finite number: the training or the measurement diverged.",
            code="result.not_finite",
            remedy="Look at the model and the settings, for example a lower learning rate.",
        )
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


class _Check:
    """One walk over a value, counting as it goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values = 0
        self.characters = 0

    def visit(self, value: Any, depth: int) -> None:
        self.values += 1
        if depth > MOST_DEPTH or self.values > MOST_VALUES:
            _refuse(f"“{self.name}” holds more than {MOST_VALUES} values, or is nested deeper than {MOST_DEPTH}.")
        if isinstance(value, dict):
            for key, item in value.items():
                self.text(key)
                self.visit(item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                self.visit(item, depth + 1)
        elif isinstance(value, str):
            self.text(value)
        else:
            self.scalar(value)

    def text(self, value: Any) -> None:
        if not isinstance(value, str):
            _refuse(f"“{self.name}”: every name must be a text.")
        self.characters += len(value)
        if self.characters > MOST_CHARACTERS:
            _refuse(f"“{self.name}” is longer than {MOST_CHARACTERS} characters.")
        if _UNSTORABLE.search(value):
            _refuse(f"“{self.name}” holds characters that cannot be stored.")

    def scalar(self, value: Any) -> None:
        if value is None or isinstance(value, bool):
            return
        if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
            return
        if isinstance(value, float) and isfinite(value):
            return
        _refuse(f"“{self.name}” holds a value that is no text, number, true, false or null within bounds.")


class _Reader(yaml.SafeLoader):
    """SafeLoader without aliases, explicit tags and YAML 1.1's surprising words."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's types leave it out
        where: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are refused", where)
        if getattr(event, "tag", None) is not None:
            raise yaml.composer.ComposerError(None, None, "explicit tags are refused", where)
        self._depth += 1
        if self._depth > MOST_DEPTH + 1:
            raise yaml.composer.ComposerError(None, None, "nested too deeply", where)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,17})$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?$", list("-0123456789")),
):
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
