"""Reading a licence expression, and saying which word of it is at fault where it cannot be read.

Expressions follow the SPDX specification, annex D. Beside SPDX's identifiers those of the list of licences are known,
in every spelling that it gives for them.
"""

import difflib
import re
from functools import cache, lru_cache
from typing import Any

import license_expression
from license_expression import ExpressionError, ExpressionParseError, LicenseSymbol, Licensing

from apps.catalog.rules.licence_book import licence_book

_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_TOKEN = re.compile(r"[^\s()]+")
_JOINED = re.compile(r"\b(AND|OR|WITH)\b", re.IGNORECASE)
_TOO_EARLY = "The licence expression stops too early: a licence or a closing parenthesis is missing."
_LIKE_ENOUGH = 0.6  # of difflib's ratio; below it a suggestion misleads more often than it helps
MAX_EXPRESSION = 1000  # characters; real expressions have a few dozen


class Problem(Exception):
    """Why an expression cannot be read: a sentence, the words at fault, where (characters from 1), what was meant."""

    def __init__(
        self, sentence: str, unknown: tuple[str, ...] = (), position: int | None = None, suggestion: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.unknown = unknown
        self.position = position
        self.suggestion = suggestion


def parsed_expression(text: str) -> tuple[Any, tuple[str, ...]]:
    """The expression as license-expression's tree, and the identifiers in it. Raises Problem."""
    if not text:
        raise Problem("No licence is given.")
    if len(text) > MAX_EXPRESSION:
        raise Problem(f"The licence expression is longer than {MAX_EXPRESSION} characters.")
    spelt = _in_spdx_words(text)
    licensing = _licensing(tuple(sorted(set(_REFERENCE.findall(spelt)))))
    try:
        tree = licensing.parse(spelt, validate=False, strict=True)
    except ExpressionParseError as error:
        raise _unreadable(text, error) from error
    except ExpressionError as error:
        raise _badly_written(text, str(error)) from error
    unknown = tuple(licensing.unknown_license_keys(tree, unique=True))
    if unknown:
        raise _not_listed(text, unknown)
    return tree, tuple(licensing.license_keys(tree, unique=True))


def _in_spdx_words(text: str) -> str:
    """The expression with other spellings of licences (Hugging Face's) in place of SPDX's."""
    aliases = licence_book().aliases
    if text.casefold() in aliases:
        return aliases[text.casefold()]
    return _TOKEN.sub(lambda found: aliases.get(found[0].casefold(), found[0]), text)


def _unreadable(text: str, error: ExpressionParseError) -> Problem:
    token = str(error.token_string or "")
    if not token:
        return Problem(_TOO_EARLY, position=len(text))
    told = max(int(error.position or 0), 0)
    at = told + 1 if text[told:].startswith(token) else _place(text, token)
    closest = "" if _JOINED.search(text) else _closest(text)
    advice = f" Did you mean {closest}?" if closest else ""
    sentence = f"The licence expression cannot be read at '{token}' (character {at}).{advice}"
    return Problem(sentence, position=at, suggestion=closest)


def _badly_written(text: str, words: str) -> Problem:
    if "requires two or more" in words:
        return Problem(_TOO_EARLY, position=len(text))
    offending = re.search(r"signs and spaces: '(.*)'", words)
    if offending is None:
        return Problem(f"The licence expression cannot be read: {words.rstrip('.')}.")
    token, at = offending[1], _place(text, offending[1])
    parts = [_closest(part) for part in re.split(r"[/,;|]+", token) if part.strip()]
    return Problem(
        f"'{token}' (character {at}) is not how a licence is written: join licences by AND or OR, without / or commas.",
        position=at,
        suggestion=" OR ".join(filter(None, parts)),
    )


def _not_listed(text: str, unknown: tuple[str, ...]) -> Problem:
    named = ", ".join(f"'{key}' (character {_place(text, key)})" for key in unknown)
    own = re.sub(r"[^A-Za-z0-9.-]+", "-", unknown[0]).strip("-")
    closest = _closest(unknown[0])
    advice = f" Did you mean {closest}?" if closest else ""
    sentence = (
        f"{named} {'is' if len(unknown) == 1 else 'are'} not on the SPDX licence list.{advice} Use the identifier from"
        f" spdx.org/licenses, or LicenseRef-{own} for a licence of its own."
    )
    return Problem(sentence, unknown, _place(text, unknown[0]), closest)


def _place(text: str, token: str) -> int:
    """Where a word stands, counted from 1; 0 where it does not."""
    whole = re.search(rf"(?<![\w.+-]){re.escape(token)}(?![\w.+-])", text, re.IGNORECASE)
    return whole.start() + 1 if whole else text.casefold().find(token.casefold()) + 1


def _closest(word: str) -> str:
    """The identifier that is spelt most like this word; empty where none is."""
    wanted = re.sub(r"[\s_]+", "-", word.strip()).casefold()
    spelt = _spellings()
    found = difflib.get_close_matches(wanted, spelt, n=1, cutoff=_LIKE_ENOUGH)
    return spelt[found[0]] if found else ""


@cache
def _spellings() -> dict[str, str]:
    """Every spelling of the list's licences and of SPDX's, in lower case, with the identifier that it means."""
    spdx = {key.casefold(): key for key in _spdx().known_symbols if not key.startswith("LicenseRef-")}
    own = {word: key for word, key in licence_book().aliases.items() if not word.startswith("licenseref-scancode")}
    return spdx | own


@cache
def _spdx() -> Licensing:
    return license_expression.get_spdx_licensing()


@cache
def _own_names() -> tuple[str, ...]:
    return tuple(key for key in licence_book().licences if key not in _spdx().known_symbols)


@lru_cache(maxsize=64)  # expressions come from people: their coined names are without number
def _licensing(references: tuple[str, ...]) -> Licensing:
    """SPDX's list, ours, and the expression's own LicenseRef names, which the specification allows anyone to coin."""
    added = dict.fromkeys(name for name in (*_own_names(), *references) if name not in _spdx().known_symbols)
    return Licensing([*_spdx().known_symbols.values(), *map(LicenseSymbol, added)])
