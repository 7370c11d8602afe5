"""A licence expression, read by the SPDX specification, annex D, and what it allows, asks for and forbids.

Identifiers are those of the SPDX list, the Hugging Face Hub's, and LicenseRef-… for a licence of one's own. What is
not known stays unknown: nothing is taken to be permissive because nobody has read it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import license_expression
from license_expression import LicenseSymbol

from apps.catalog.rules.licence_book import MEANS, UNKNOWN, WORDS, Licence, licence_book
from apps.catalog.rules.licence_expressions import MAX_EXPRESSION, Problem, parsed_expression
from apps.catalog.rules.merging import UNDECLARED
from apps.core.canonical import digest_of

_INDEX_FILE = Path(license_expression.__file__).parent / "data" / "scancode-licensedb-index.json"
_TOLD = ("id", "name", "source", "read")
METHOD = "SPDX expression read by license-expression; terms from the list of licences that comes with the portal"
CONTRACT = "LicenseRef-contract"  # what was agreed with the supplier alone


@dataclass(frozen=True)
class Verdict:
    """What an expression comes to. ``licences`` are those in force; ``choices`` what else could have been chosen.

    `commercial_use` is None where conditions apply or nothing is known. `position` counts characters from 1.
    """

    expression: str
    valid: bool
    normalised: str = ""  # as SPDX spells it; empty where invalid
    keys: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # words that are no identifier
    problem: str = ""  # a sentence that names the offending word; empty where valid
    position: int | None = None
    suggestion: str = ""
    licences: tuple[Licence, ...] = ()
    choices: tuple[str, ...] = ()
    book: int = 0

    @property
    def terms(self) -> Licence:
        """The strictest of every term of the licences in force."""
        return strictest(self.licences)

    @property
    def licence_class(self) -> str:
        """How much care it asks for: permissive, copyleft, restricted, unknown or non-commercial."""
        return self.terms.licence_class

    @property
    def commercial_use(self) -> bool | None:
        """Whether commercial use is allowed; None where that depends on more, or is not known."""
        terms = self.terms
        if terms.commercial_use == "forbidden":
            return False
        has_limits = terms.user_threshold is not None or terms.revenue_threshold is not None
        return True if terms.commercial_use == "allowed" and not has_limits else None

    @property
    def means(self) -> str:
        """The class in a sentence."""
        return MEANS[self.licence_class]


@lru_cache(maxsize=4096)  # the same few expressions stand on many things; reading one takes a millisecond
def judge(expression: str) -> Verdict:
    """Read an expression. A choice (OR) counts as its most open member, a sum (AND) as the strictest of all.

    Never raises: what cannot be read is a verdict that is not valid and names the word at fault.
    """
    text, book = expression.strip(), licence_book().version
    try:
        tree, keys = parsed_expression(text)
    except Problem as problem:
        shown = text if len(text) <= MAX_EXPRESSION else text[:80] + "…"
        return Verdict(
            shown,
            False,
            unknown=problem.unknown,
            problem=problem.sentence,
            position=problem.position,
            suggestion=problem.suggestion,
            book=book,
        )
    in_force, choices = _in_force(tree)
    licences = tuple({one.id: one for one in in_force}.values())
    return Verdict(
        text, True, normalised=tree.render(), keys=keys, licences=licences, choices=tuple(choices), book=book
    )


def licence_section(expression: str) -> dict[str, Any]:
    """The `licence` section of a scan's result: the verdict as plain values, with the digest of what it says."""
    verdict = judge(expression)
    terms = verdict.terms
    section: dict[str, Any] = {
        "expression": verdict.expression,
        "valid": verdict.valid,
        "normalised": verdict.normalised,
        "keys": list(verdict.keys),
        "unknown": list(verdict.unknown),
        "licence_class": verdict.licence_class,
        "commercial_use": verdict.commercial_use,
        "means": verdict.means,
        "problem": verdict.problem,
        "position": verdict.position,
        "suggestion": verdict.suggestion,
        "choices": list(verdict.choices),
        "licences": [{name: getattr(one, name) for name in _TOLD} for one in verdict.licences],
        "duties": duties(terms) if verdict.valid else [],
        "method": METHOD,
        "versions": {"licences": str(verdict.book), "license-expression": version("license-expression")},
        "rows_scanned": 0,
        "error_rate": None,
    }
    return section | {"digest": digest_of(section)}


def licence_of_card(value: Any, name: str = "") -> str:
    """The expression for `license` (and `license_name`) of a Hugging Face card; several together count as a sum.

    `other` with a name becomes that licence where the list knows it, else a LicenseRef of that name, which is unknown.
    """
    found = [str(one).strip() for one in (value if isinstance(value, list) else [value]) if str(one or "").strip()]
    spelt = [_of_card(one, name) for one in found]
    return " AND ".join(dict.fromkeys(spelt))


def _of_card(word: str, name: str) -> str:
    if word.casefold() == "other" and name.strip():
        known = licence_book().named(name.strip())
        own = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-")
        return known.id if known else f"LicenseRef-{own}"
    known = licence_book().named(word)
    return known.id if known else word


def strictest(licences: Iterable[Licence]) -> Licence:
    """One licence that is as strict as all of these together; the unknown licence where there is none."""
    every = list(licences)
    if not every:
        return licence_book().unknown
    terms: dict[str, Any] = {
        word: max((getattr(one, word) for one in every), key=order.index) for word, order in WORDS.items()
    }
    terms |= {word: _joined(every, word) for word in ("use_restrictions", "naming", "territory", "clause", "source")}
    terms["id"] = " AND ".join(one.id for one in every)
    terms["name"] = " and ".join(one.name for one in every)
    terms["restricted_uses"] = {code: how for one in every for code, how in one.restricted_uses.items()}
    terms["restrictions_passed_on"] = any(one.restrictions_passed_on for one in every)
    terms["user_threshold"] = _least(one.user_threshold for one in every)
    terms["revenue_threshold"] = _least(one.revenue_threshold for one in every)
    return replace(every[0], **terms)


def _least(numbers: Iterable[int | None]) -> int | None:
    return min((one for one in numbers if one is not None), default=None)


def _joined(licences: list[Licence], word: str) -> str:
    return "; ".join(dict.fromkeys(getattr(one, word) for one in licences if getattr(one, word)))


def duties(terms: Licence) -> list[str]:
    """What the terms ask for and forbid, as sentences for people."""
    sentences = {
        "Name the authors.": terms.attribution == "required",
        "Pass the licence's text along.": terms.licence_copy == "required",
        "Say what was changed.": terms.state_changes == "required",
        "What is made of it and passed on carries the same licence.": terms.share_alike in ("same", "network"),
        "Changed files that are passed on carry the same licence.": terms.share_alike == "files",
        "Its source is offered to those who use it over a network, too.": terms.share_alike == "network",
        "Changed versions must not be passed on.": terms.derivatives == "forbidden",
        "Commercial use is not allowed.": terms.commercial_use == "forbidden",
        f"Uses are restricted: {terms.use_restrictions}.": bool(terms.use_restrictions),
        "The restrictions bind everybody downstream and have to be passed on.": terms.restrictions_passed_on,
        f"Above {_count(terms.user_threshold)} monthly users another licence is needed.": bool(terms.user_threshold),
        f"Above {_count(terms.revenue_threshold)} US dollars of revenue a year another licence is needed.": bool(
            terms.revenue_threshold
        ),
        f"A name is asked for: {terms.naming}.": bool(terms.naming),
        "Its outputs must not train other models.": terms.outputs_train == "forbidden",
        f"Places: {terms.territory}.": bool(terms.territory),
    }
    return [words for words, holds in sentences.items() if holds]


def _count(number: int | None) -> str:
    return f"{number or 0:,}".replace(",", "\u202f")


def _in_force(node: Any) -> tuple[list[Licence], list[str]]:
    """The licences that hold, and the members of choices that were left. Exceptions (WITH) only add permission."""
    if isinstance(node, license_expression.LicenseWithExceptionSymbol):
        return _in_force(node.license_symbol)
    if isinstance(node, LicenseSymbol):
        return [terms_of(str(node.key))], []
    members = [(_in_force(part), part.render()) for part in node.args]
    if not isinstance(node, license_expression.OR):
        return (
            [one for (licences, _), _ in members for one in licences],
            [one for (_, choices), _ in members for one in choices],
        )
    (licences, choices), chosen = min(members, key=lambda member: _strictness(strictest(member[0][0])))
    return licences, [*choices, *(words for _, words in members if words != chosen)]


def _strictness(terms: Licence) -> tuple[int, ...]:
    ranks = [WORDS[word].index(getattr(terms, word)) for word in ("licence_class", "commercial_use", "derivatives")]
    limits = int(terms.user_threshold is not None) + len(terms.restricted_uses)
    return (*ranks, limits, *(WORDS[word].index(getattr(terms, word)) for word in ("share_alike", "attribution")))


def terms_of(key: str) -> Licence:
    """The terms of one identifier: its own entry, or that of its form, or of AboutCode's class of it."""
    book = licence_book()
    if (own := book.named(key)) is not None:
        return own
    for pattern, like in book.patterns:
        if pattern.fullmatch(key):
            return _as(key, book.licences[like])
    category = _categories().get(key, "")
    return _as(key, book.licences[book.categories[category]] if category in book.categories else book.unknown)


def _as(key: str, terms: Licence) -> Licence:
    name = key if terms.licence_class == UNKNOWN else f"{key} ({terms.name})"
    return replace(terms, id=key, name=name, aliases=())


@cache
def _categories() -> dict[str, str]:
    """AboutCode's category of every SPDX identifier."""
    entries = json.loads(_INDEX_FILE.read_text(encoding="utf-8"))
    return {entry["spdx_license_key"]: entry["category"] for entry in entries if entry["spdx_license_key"]}


def why_unknown(licence: Licence) -> str:
    """Why nobody can say what a licence allows; the words follow its name."""
    if licence.id == CONTRACT:
        return "is not verified: the contract has to be stored and read by somebody who may verify licences"
    if licence.id == UNDECLARED:
        return "stands for rows whose licence nobody declared"
    if licence.is_known:
        return "sets conditions of its own"
    if licence.id.startswith("LicenseRef-"):
        return "is a name of somebody's own for a licence, and nobody has put on record what it allows"
    return "is no licence that this portal has on its list, so nobody has read what it allows"
