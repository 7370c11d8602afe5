"""The grammar of searches that MLflow's clients write: filters, orders and page tokens.

A filter is a row of comparisons joined by AND: `metrics.loss < 0.5 AND tags."my key" LIKE '%x%'`. What may be named is
told by a `Grammar`, one for each kind of thing that can be searched. Everything wrong is an `Invalid` whose sentence
says what was found and what may stand there; its code is "search.invalid".
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.core.errors import Invalid

ATTRIBUTE, METRIC, PARAMETER, TAG, DATASET = "attribute", "metric", "parameter", "tag", "dataset"
IS_NULL, IS_NOT_NULL = "IS NULL", "IS NOT NULL"
NUMERIC = frozenset({"=", "!=", "<", "<=", ">", ">="})
TEXTUAL = frozenset({"=", "!=", "LIKE", "ILIKE"})
LISTS = frozenset({"IN", "NOT IN"})
NULLS = frozenset({IS_NULL, IS_NOT_NULL})
LONGEST = 20_000  # characters of a filter
MOST_CLAUSES = 60  # each may be a subquery

ALL_FAMILIES: dict[str, str] = {
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), ATTRIBUTE),
    **dict.fromkeys(("metric", "metrics"), METRIC),
    **dict.fromkeys(("parameter", "parameters", "param", "params"), PARAMETER),
    **dict.fromkeys(("tag", "tags"), TAG),
    **dict.fromkeys(("dataset", "datasets"), DATASET),
}
TAGGED_FAMILIES: dict[str, str] = {"attribute": ATTRIBUTE, "attributes": ATTRIBUTE, "tag": TAG, "tags": TAG}

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:''|[^'])*')
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<sign><=|>=|!=|=|<|>)
    | (?P<list>\([^()]*\))
    | (?P<name>(?:`[^`]*`|"(?:""|[^"])*"|[^\s=<>!'"`(),;.]+)(?:\.(?:`[^`]*`|"(?:""|[^"])*"|[^\s=<>!'"`(),;]+))?)
    )""",
    re.VERBOSE,
)
_WORDS = {"LIKE", "ILIKE", "IN", "NOT", "IS", "AND"}
_LIST_ITEM = re.compile(r"""\s*('(?:''|[^'])*'|"(?:""|[^"])*")\s*(,|$)""")


@dataclass(frozen=True)
class Grammar:
    """What may be named in searches of one kind of thing."""

    texts: frozenset[str]  # attributes that are text
    numbers: frozenset[str]  # attributes that are numbers, times in milliseconds among them
    orders: frozenset[str]  # attributes to order by
    listable: frozenset[str] = frozenset()  # attributes that may stand before IN (…)
    families: Mapping[str, str] = field(default_factory=lambda: ALL_FAMILIES)
    nullable: frozenset[str] = frozenset()  # families that may stand before IS NULL
    aliases: Mapping[str, str] = field(default_factory=dict)  # other names of attributes
    datasets: frozenset[str] = frozenset({"name", "digest", "context"})


@dataclass(frozen=True)
class Clause:
    """One comparison: of what, with which comparator, with which value (none for IS NULL)."""

    family: str
    key: str
    comparator: str
    value: str | float | tuple[str, ...] | None


@dataclass(frozen=True)
class Order:
    """One key to order by."""

    family: str
    key: str
    is_ascending: bool


@dataclass(frozen=True)
class _Token:
    kind: str  # text, number, sign, list, name or word
    value: str


def clauses_of(filter_text: str | None, grammar: Grammar) -> list[Clause]:
    """The comparisons of a filter, all of which must hold. Raises Invalid."""
    tokens = _tokens_of(filter_text or "")
    found: list[Clause] = []
    while tokens:
        if found and not _is_word(tokens.pop(0), "AND"):
            raise _invalid(f"Invalid clause(s) in filter string: {filter_text!r}. Join comparisons with AND.")
        found.append(_take_clause(tokens, grammar))
    if len(found) > MOST_CLAUSES:
        raise _invalid(f"A filter holds at most {MOST_CLAUSES} comparisons; this one has {len(found)}.")
    return found


def orders_of(order_by: Sequence[str] | None, grammar: Grammar) -> list[Order]:
    """The keys to order by, the first one first. Raises Invalid."""
    return [_order_of(text, grammar) for text in order_by or []]


def offset_of(page_token: str | None) -> int:
    """How many rows the pages before this one held; 0 without a token. Raises Invalid for a token not ours."""
    if not page_token:
        return 0
    try:
        found = json.loads(base64.b64decode(page_token, validate=True))["offset"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise _invalid(f"Invalid page token: {page_token[:60]!r} was not given out here.") from error
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 2**62:
        raise _invalid(f"Invalid page token, parsed value={found!r}")
    return found


def token_for(offset: int) -> str:
    """The page token for the rows from `offset` on."""
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def _invalid(message: str) -> Invalid:
    return Invalid(message, code="search.invalid")


def _tokens_of(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        raise _invalid(f"A filter is at most {LONGEST} characters long; this one has {len(text)}.")
    found, place = [], 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise _invalid(f"Invalid filter {text[:200]!r}. Could not be parsed at {text[place:].strip()[:40]!r}.")
        kind = str(match.lastgroup)
        value = match[kind]
        is_word = kind == "name" and value.upper() in _WORDS
        found.append(_Token("word", value.upper()) if is_word else _Token(kind, value))
        place = match.end()
    return found


def _is_word(token: _Token, word: str) -> bool:
    return token.kind == "word" and token.value == word


def _take_clause(tokens: list[_Token], grammar: Grammar) -> Clause:
    if not tokens:
        raise _invalid("Invalid clause(s) in filter string: a comparison is missing after AND.")
    name = tokens.pop(0)
    if name.kind != "name":
        raise _invalid(f"Invalid comparison clause. Expected 'Identifier' found {name.value!r}")
    family, key = _named(name.value, grammar, grammar.texts | grammar.numbers)
    comparator = _take_comparator(tokens, name.value)
    _check_comparator(family, key, comparator, grammar)
    if comparator in NULLS:
        return Clause(family, key, comparator, None)
    if not tokens or _is_word(tokens[0], "AND"):
        raise _invalid(f"Invalid comparison clause. Expected 3 tokens found 2: {name.value} {comparator}")
    return Clause(family, key, comparator, _value(family, key, comparator, tokens.pop(0), grammar))


def _take_comparator(tokens: list[_Token], name: str) -> str:
    words: list[str] = []
    while tokens and tokens[0].kind in ("sign", "word") and not _is_word(tokens[0], "AND"):
        words.append(tokens.pop(0).value)
        if words[-1] not in ("IS", "NOT"):
            break
    if words and words[0] == "IS" and tokens and tokens[0].value.upper() == "NULL":
        words.append(tokens.pop(0).value.upper())
    comparator = " ".join(words)
    if comparator not in NUMERIC | TEXTUAL | LISTS | NULLS:
        shown = comparator or (tokens[0].value if tokens else "")
        raise _invalid(f"Invalid comparison clause. Expected comparison found {shown[:60]!r} after {name!r}")
    return comparator


def _named(name: str, grammar: Grammar, attributes: frozenset[str]) -> tuple[str, str]:
    """The family and the key of a name such as metrics.`my loss`."""
    head, rest = _split(name)
    word = _bare(head)
    if rest and word not in grammar.families:
        valid = list(dict.fromkeys(grammar.families.values()))
        raise _invalid(f"Invalid entity type '{word}'. Valid values are {valid}")
    family = grammar.families[word] if rest else ATTRIBUTE
    key = _bare(rest or head)
    key = grammar.aliases.get(key, key) if family == ATTRIBUTE else key
    if family == ATTRIBUTE and key not in attributes:
        raise _invalid(f"Invalid attribute key '{key}' specified. Valid keys are {sorted(attributes)}")
    if family == DATASET and key not in grammar.datasets:
        raise _invalid(f"Invalid dataset key '{key}' specified. Valid keys are {sorted(grammar.datasets)}")
    return family, key


def _split(name: str) -> tuple[str, str]:
    """A name at its first dot, which quotes may hide."""
    if name[0] in '`"':
        end = name.index(name[0], 1) + 1
        return name[:end], name[end + 1 :]
    head, _, rest = name.partition(".")
    return head, rest


def _bare(name: str) -> str:
    for mark in ("`", '"', "'"):
        if len(name) >= 2 and name[0] == name[-1] == mark:
            return name[1:-1].replace(mark * 2, mark)
    return name


def _check_comparator(family: str, key: str, comparator: str, grammar: Grammar) -> None:
    is_number = family == METRIC or (family == ATTRIBUTE and key in grammar.numbers)
    allowed = NUMERIC if is_number else TEXTUAL
    if family == DATASET or (family == ATTRIBUTE and key in grammar.listable):
        allowed |= LISTS
    if comparator in LISTS and family == ATTRIBUTE and key not in grammar.listable:
        raise _invalid(f"Only {sorted(grammar.listable)} attributes support comparison with a list of quoted strings.")
    if comparator in NULLS and family not in grammar.nullable:
        known = " and ".join(sorted(f"{name}s" for name in grammar.nullable)) or "nothing here"
        raise _invalid(f"IS NULL / IS NOT NULL is only supported for {known}, not for '{family}' '{key}'")
    if comparator not in allowed | (NULLS if family in grammar.nullable else frozenset()):
        raise _invalid(f"Invalid comparator '{comparator}' for {family} '{key}', not one of {sorted(allowed)}")


def _value(family: str, key: str, comparator: str, token: _Token, grammar: Grammar) -> str | float | tuple[str, ...]:
    if comparator in LISTS:
        return _list_of(token)
    if family == METRIC or (family == ATTRIBUTE and key in grammar.numbers):
        if token.kind != "number":
            raise _invalid(f"Expected numeric value type for {family}: {key}. Found {token.value}")
        return _number(token.value)
    if token.kind == "text" or (token.kind == "name" and _is_quoted(token.value)):
        return _bare(token.value)
    raise _invalid(f"Expected a quoted string value for {family} '{key}' (e.g. 'my-value'). Got value {token.value}")


def _is_quoted(value: str) -> bool:
    return len(value) >= 2 and value[0] == value[-1] == '"'


def _number(text: str) -> float:
    try:
        return int(text) if -(2**63) <= int(text) < 2**63 else float(text)
    except ValueError:
        found = float(text)
    return found if math.isfinite(found) else math.copysign(1.7976931348623157e308, found)


def _list_of(token: _Token) -> tuple[str, ...]:
    """The texts of ('a', 'b'). Raises Invalid for an empty or an ill-formed list."""
    inner = token.value[1:-1].strip() if token.kind == "list" else ""
    found, place = [], 0
    while place < len(inner):
        match = _LIST_ITEM.match(inner, place)
        if match is None:
            break
        found.append(_bare(match[1]))
        place = match.end()
    if not found or place < len(inner):
        raise _invalid(
            "While parsing a list in the query, expected a non-empty list of quoted string values, "
            f"but got {token.value[:80]!r}."
        )
    return tuple(found)


def _order_of(text: str, grammar: Grammar) -> Order:
    tokens = _tokens_of(text)
    if not 1 <= len(tokens) <= 2 or any(token.kind != "name" for token in tokens):
        raise _invalid(f"Invalid order_by clause {text[:200]!r}. Could not be parsed.")
    direction = tokens[1].value.lower() if len(tokens) == 2 else "asc"
    if direction not in ("asc", "desc"):
        raise _invalid(f"Invalid ordering key in order_by clause {text[:200]!r}.")
    family, key = _named(tokens[0].value, grammar, grammar.orders)
    if family == DATASET:
        raise _invalid(f"Invalid order_by entity type '{DATASET}'")
    return Order(family, key, direction == "asc")
