"""The language of policies: what may stand on a line, and reading one line. Told by example in docs/gates.md."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from apps.accounts.rules import POLICY as ACTIONS
from apps.accounts.rules import ROLES
from apps.checklist.rules.findings import COLLECTORS
from apps.checklist.rules.frameworks.shapes import MINIMA
from apps.checklist.rules.policies.shapes import (
    ALL,
    ANSWERED,
    APPROVALS,
    AT_LEAST,
    COMPARISONS,
    CONSISTENT,
    EXPLAINED,
    FILES_RELEASED,
    FOUR_EYES,
    FRESH,
    MEASURED_RULE,
    MINIMUM,
    NO_CONFLICT,
    NO_OBJECTION,
    PARTS,
    REQUIRES,
    TRAIL,
    Argument,
    Collectors,
    Questions,
    Rule,
    Signers,
    Strength,
    Threshold,
)

MOST_SIGNERS = 9
SIGNING = tuple(role for role in ROLES if role in ACTIONS["assessment.sign"])
_PATTERN = re.compile(r"[a-z0-9*][a-z0-9.*-]{0,119}")
_METRIC = r"evaluation\.(?P<metric>[a-z][a-z0-9_-]{0,39})(\.(?P<part>low|high|difference))?"
_SUITE = r"(\s+on\s+suite\s+(?P<suite>[a-z0-9][a-z0-9._-]{0,119}))?"
_LIMIT = r"(?P<limit>-?[0-9]{1,9}(\.[0-9]{1,9})?)"
_REQUIRES = re.compile(rf"{_METRIC}\s*(?P<sign>>=|<=|>|<)\s*{_LIMIT}{_SUITE}")
_APPROVALS = re.compile(r"(?P<number>[1-9])\s+from\s+\{(?P<roles>[^{}]+)\}")


class SentenceInvalid(ValueError):
    """A line that is none; `allowed` says what may stand there."""

    def __init__(self, problem: str, allowed: str) -> None:
        super().__init__(problem)
        self.allowed = allowed


@dataclass(frozen=True)
class Word:
    """What a rule may begin with, what may follow, and what it asks, in words."""

    form: str
    asks: str
    read: Callable[[str], tuple[Argument, str]]


def read_rule(word: str, said: str, line: int, because: str = "") -> Rule:
    """One rule from its word and what follows. Raises SentenceInvalid."""
    word = " ".join(word.lower().split())
    if word not in WORDS:
        raise SentenceInvalid(f"“{word}” begins no rule", f"a rule begins with {', '.join(WORDS)}")
    argument, plain = WORDS[word].read(" ".join(said.split()))
    return Rule(word, argument, f"{word}: {plain}" if plain else word, line, because)


def _nothing(word: str) -> Callable[[str], tuple[Argument, str]]:
    def read(said: str) -> tuple[Argument, str]:
        if said:
            raise SentenceInvalid(f"nothing follows “{word}”", word)
        return None, ""

    return read


def _questions(said: str) -> tuple[Questions, str]:
    if said in ("", "all"):
        return Questions(ALL), "all"
    patterns = tuple(part.strip() for part in said.split(","))
    if not all(_PATTERN.fullmatch(part) for part in patterns):
        raise SentenceInvalid(f"“{said[:80]}” names no questions", "all, or ids such as data-6, modeling-*")
    return Questions(patterns), ", ".join(patterns)


def _some_questions(said: str) -> tuple[Questions, str]:
    if not said:
        raise SentenceInvalid("it does not say which questions", "answered: all, or answered: data-*")
    return _questions(said)


def _strength(said: str) -> tuple[Strength, str]:
    status, _, rest = said.partition(" for ")
    allowed = (MINIMUM, *MINIMA)
    if status not in allowed or not rest:
        form = f"at least: STATUS for QUESTIONS, where STATUS is {', '.join(allowed)}"
        raise SentenceInvalid(f"“{said[:80]}” does not say how well which answers have to be known", form)
    questions, plain = _questions(rest.strip())
    return Strength(status, questions), f"{status} for {plain}"


def _conflict(said: str) -> tuple[Argument, str]:
    if said != "licence":
        raise SentenceInvalid(f"“{said[:80]}” is no kind of conflict", "no conflict: licence")
    return None, said


def _collectors(said: str) -> tuple[Collectors, str]:
    names = tuple(part.strip() for part in said.split(","))
    unknown = [name for name in names if name not in COLLECTORS]
    if unknown:
        raise SentenceInvalid(f"“{unknown[0][:80]}” measures nothing", f"measured: {', '.join(sorted(COLLECTORS))}")
    return Collectors(names), ", ".join(names)


def _threshold(said: str) -> tuple[Threshold, str]:
    found = _REQUIRES.fullmatch(said)
    if found is None:
        form = "requires: evaluation.METRIC >= NUMBER on suite NAME"
        more = f"METRIC may end in .low, .high or .difference; comparisons are {', '.join(COMPARISONS)}"
        raise SentenceInvalid(f"“{said[:80]}” is no figure held against a number", f"{form}. {more}")
    given = Threshold(
        found["metric"], found["part"] or "", found["sign"], found["limit"], (found["suite"] or "").lower()
    )
    part = f".{given.part}" if given.part in PARTS and given.part else ""
    suite = f" on suite {given.suite}" if given.suite else ""
    return given, f"evaluation.{given.metric}{part} {given.comparison} {given.limit}{suite}"


def _signers(said: str) -> tuple[Signers, str]:
    found = _APPROVALS.fullmatch(said)
    known = {name.lower(): role for role in SIGNING for name in (role, ROLES[role])}
    form = f"approvals: NUMBER from {{{', '.join(ROLES[role].lower() for role in SIGNING)}}}, NUMBER from 1 to 9"
    if found is None:
        raise SentenceInvalid(f"“{said[:80]}” does not say how many sign-offs of whom", form)
    named = [" ".join(part.lower().split()) for part in found["roles"].split(",")]
    unknown = [name for name in named if name not in known]
    if unknown:
        raise SentenceInvalid(f"“{unknown[0]}” is no role that signs off", form)
    roles = tuple(dict.fromkeys(known[name] for name in named))
    plain = ", ".join(ROLES[role].lower() for role in roles)
    return Signers(int(found["number"]), roles), f"{found['number']} from {{{plain}}}"


WORDS: dict[str, Word] = {
    FILES_RELEASED: Word(
        FILES_RELEASED,
        "No stored file was altered, and files that can run code were released.",
        _nothing(FILES_RELEASED),
    ),
    ANSWERED: Word("answered: QUESTIONS", "These questions have an answer.", _some_questions),
    AT_LEAST: Word(
        "at least: STATUS for QUESTIONS",
        "These answers are known at least this well; “minimum” is what the framework asks.",
        _strength,
    ),
    FRESH: Word("fresh: QUESTIONS", "Nothing behind these answers has changed since.", _questions),
    NO_CONFLICT: Word(
        "no conflict: licence", "No licence on the chain forbids what the model is meant for.", _conflict
    ),
    NO_OBJECTION: Word(
        "no objection: QUESTIONS", "No collector found something that stands against approval by itself.", _questions
    ),
    EXPLAINED: Word("explained: QUESTIONS", "What only people can say about a finding has been said.", _questions),
    CONSISTENT: Word("consistent: QUESTIONS", "No answer says the opposite of what was found.", _questions),
    MEASURED_RULE: Word(
        "measured: COLLECTOR", "This was measured for the version, and not only declared.", _collectors
    ),
    REQUIRES: Word(
        "requires: evaluation.METRIC >= NUMBER on suite NAME",
        "A figure of the newest evaluation of the present files meets a number.",
        _threshold,
    ),
    APPROVALS: Word(
        "approvals: NUMBER from {ROLES}", "So many different people with these roles have to sign.", _signers
    ),
    FOUR_EYES: Word(FOUR_EYES, "Nobody decides on their own work. It always holds.", _nothing(FOUR_EYES)),
    TRAIL: Word(
        TRAIL,
        "Every decision is written into the audit trail, and no verification found it changed. It is always asked.",
        _nothing(TRAIL),
    ),
}
