"""A licence expression, read by the SPDX specification, annex D, and what it allows in broad strokes."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import license_expression
from license_expression import ExpressionError, ExpressionParseError, LicenseSymbol, Licensing

_CLASSES_FILE = Path(__file__).parent / "data" / "licence_classes.json"
_INDEX_FILE = Path(license_expression.__file__).parent / "data" / "scancode-licensedb-index.json"
_OWN_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_TOO_EARLY = "The licence expression stops too early: a licence or a closing parenthesis is missing."
MAX_EXPRESSION = 1000  # characters; real expressions have a few dozen


@dataclass(frozen=True)
class Licence:
    """``commercial_use`` is None where conditions apply or nothing is known."""

    expression: str
    valid: bool
    normalised: str  # as SPDX spells it; empty where invalid
    keys: tuple[str, ...]
    unknown: tuple[str, ...]  # words that are no SPDX identifier
    licence_class: str  # permissive | copyleft | restricted | unknown | non-commercial
    commercial_use: bool | None
    means: str
    problem: str  # a sentence that names the offending word; empty where valid


def judge(expression: str) -> Licence:
    """Parse and classify. A choice (OR) counts as its most open member, a sum (AND) as its strictest."""
    expression = expression.strip()
    if not expression:
        return _invalid(expression, (), "No licence is given.")
    if len(expression) > MAX_EXPRESSION:
        return _invalid(
            expression[:80] + "…", (), f"The licence expression is longer than {MAX_EXPRESSION} characters."
        )
    licensing = _licensing(tuple(sorted(set(_OWN_REFERENCE.findall(expression)))))
    try:
        parsed = licensing.parse(expression, validate=False, strict=True)
    except ExpressionParseError as error:
        return _invalid(expression, (), _parse_problem(error))
    except ExpressionError as error:
        return _invalid(expression, (), _other_problem(str(error)))
    unknown = tuple(licensing.unknown_license_keys(parsed, unique=True))
    if unknown:
        return _invalid(expression, unknown, _unknown_problem(unknown))
    licence_class = _class_of(parsed)
    facts = _data()["classes"][licence_class]
    return Licence(
        expression=expression,
        valid=True,
        normalised=parsed.render(),
        keys=tuple(licensing.license_keys(parsed, unique=True)),
        unknown=(),
        licence_class=licence_class,
        commercial_use=facts["commercial_use"],
        means=facts["means"],
        problem="",
    )


def _invalid(expression: str, unknown: tuple[str, ...], problem: str) -> Licence:
    means = _data()["classes"]["unknown"]["means"]
    return Licence(expression, False, "", (), unknown, "unknown", None, means, problem)


def _parse_problem(error: ExpressionParseError) -> str:
    if error.token_string:
        return f"The licence expression cannot be read at '{error.token_string}' (character {error.position + 1})."
    return _TOO_EARLY


def _other_problem(words: str) -> str:
    if "requires two or more" in words:
        return _TOO_EARLY
    offending = re.search(r"signs and spaces: '(.*)'", words)
    if offending:
        return f"'{offending[1]}' is not how a licence is written: join licences by AND or OR, without / or commas."
    return f"The licence expression cannot be read: {words.rstrip('.')}."


def _unknown_problem(unknown: tuple[str, ...]) -> str:
    named = ", ".join(f"'{key}'" for key in unknown)
    own = re.sub(r"[^A-Za-z0-9.-]+", "-", unknown[0]).strip("-")
    return (
        f"{named} {'is' if len(unknown) == 1 else 'are'} not on the SPDX licence list. Use the identifier from"
        f" spdx.org/licenses, or LicenseRef-{own} for a licence of its own."
    )


def _class_of(node: Any) -> str:
    """The class of a licence, or of a sum or choice of them. Exceptions (WITH) only ever add permission."""
    ranks = _data()["classes"]
    if isinstance(node, license_expression.LicenseWithExceptionSymbol):
        return _class_of(node.license_symbol)
    if isinstance(node, LicenseSymbol):
        return _class_of_key(node.key)
    members = [_class_of(part) for part in node.args]
    pick = min if isinstance(node, license_expression.OR) else max
    return str(pick(members, key=lambda name: ranks[name]["rank"]))


def _class_of_key(key: str) -> str:
    for entry in _data()["patterns"]:
        if re.fullmatch(entry["pattern"], key, re.IGNORECASE):
            return str(entry["class"])
    return str(_data()["categories"].get(_categories().get(key, ""), "unknown"))


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_CLASSES_FILE.read_text(encoding="utf-8"))
    return data


@cache
def _categories() -> dict[str, str]:
    """AboutCode's category of every SPDX identifier."""
    entries = json.loads(_INDEX_FILE.read_text(encoding="utf-8"))
    return {entry["spdx_license_key"]: entry["category"] for entry in entries if entry["spdx_license_key"]}


@cache
def _spdx() -> Licensing:
    return license_expression.get_spdx_licensing()


def _licensing(own: tuple[str, ...]) -> Licensing:
    """SPDX's list and the expression's own LicenseRef names, which the specification allows anyone to coin."""
    added = [name for name in own if name not in _spdx().known_symbols]
    return Licensing([*_spdx().known_symbols.values(), *map(LicenseSymbol, added)]) if added else _spdx()
