"""What a policy is: whom it applies to, and its rules, each one line that a person can read aloud."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from apps.core.canonical import digest_of

FILES_RELEASED, FOUR_EYES, TRAIL = "files released", "four eyes", "trail"
ANSWERED, AT_LEAST, FRESH = "answered", "at least", "fresh"
NO_CONFLICT, NO_OBJECTION = "no conflict", "no objection"
EXPLAINED, CONSISTENT = "explained", "consistent"
MEASURED_RULE, REQUIRES, APPROVALS = "measured", "requires", "approvals"

# What every policy holds, written down in it or not.
ALWAYS = (FILES_RELEASED, FOUR_EYES, TRAIL)
ALL = ("*",)
MINIMUM = "minimum"  # the status that the framework itself asks of a question

COMPARISONS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
PARTS = {
    "": "",
    "low": "lower end of the 95 % interval of ",
    "high": "upper end of the 95 % interval of ",
    "difference": "difference to the baseline in ",
}


@dataclass(frozen=True)
class Questions:
    """Which questions a rule speaks of: patterns over their ids, where * stands for any letters."""

    patterns: tuple[str, ...] = ALL

    def cover(self, question: str) -> bool:
        """Whether the question is meant."""
        return self.patterns == ALL or any(fnmatchcase(question, pattern) for pattern in self.patterns)


@dataclass(frozen=True)
class Strength:
    """How an answer has to be known at least: measured, imported, declared, or the minimum of the framework."""

    status: str
    questions: Questions


@dataclass(frozen=True)
class Threshold:
    """A figure of an evaluation and what it is held against; `limit` is the decimal number as it was written."""

    metric: str
    part: str  # "" | low | high | difference
    comparison: str
    limit: str
    suite: str = ""  # empty: whatever it was measured on


@dataclass(frozen=True)
class Signers:
    """How many sign-offs, and what roles count."""

    number: int
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Collectors:
    """What has to have been measured."""

    names: tuple[str, ...]


Argument = Questions | Strength | Threshold | Signers | Collectors | None


@dataclass(frozen=True)
class Rule:
    """One line of a policy. `text` is the line in its plainest form; `line` is where it stands (0: always there)."""

    word: str
    argument: Argument
    text: str
    line: int = 0
    because: str = ""

    @cached_property
    def key(self) -> str:
        """What a waiver of the whole rule names."""
        return digest_of({"rule": self.text})


@dataclass(frozen=True)
class About:
    """What a policy may ask of a version: the name of its model, tags of model and version, risk classes of the
    systems that it works in."""

    model: str
    tags: Mapping[str, str] = field(default_factory=dict)
    risk_classes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Applies:
    """Which versions a policy is for. Each condition that is given has to hold; within one, any of its words."""

    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    risk_classes: tuple[str, ...] = ()

    @property
    def is_for_all(self) -> bool:
        """Whether there is no condition."""
        return not (self.models or self.tags or self.risk_classes)

    def hold(self, about: About) -> bool:
        """Whether the policy is for this version."""
        return (
            (not self.models or any(fnmatchcase(about.model.lower(), name.lower()) for name in self.models))
            and (not self.tags or any(_has(about.tags, tag) for tag in self.tags))
            and (not self.risk_classes or not about.risk_classes.isdisjoint(self.risk_classes))
        )


def _has(tags: Mapping[str, str], wanted: str) -> bool:
    key, is_with_value, value = wanted.partition("=")
    return key in tags and (not is_with_value or tags[key] == value)


@dataclass(frozen=True)
class Policy:
    """What has to hold before a version is approved."""

    title: str
    rules: tuple[Rule, ...]
    applies: Applies = Applies()

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what the policy says; comments and the order of lines within a rule do not count."""
        applies = [list(self.applies.models), list(self.applies.tags), list(self.applies.risk_classes)]
        rules = [[rule.text, rule.because] for rule in self.rules]
        return digest_of({"title": self.title, "applies_to": applies, "rules": rules})

    def of(self, word: str) -> tuple[Rule, ...]:
        """The rules that begin with this word."""
        return tuple(rule for rule in self.rules if rule.word == word)

    @cached_property
    def signers(self) -> tuple[Signers, ...]:
        """The sign-offs that it asks for."""
        return tuple(rule.argument for rule in self.of(APPROVALS) if isinstance(rule.argument, Signers))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles whose sign-off counts for some rule."""
        return frozenset(role for signers in self.signers for role in signers.roles)


@dataclass(frozen=True)
class InForce:
    """A policy as it holds for something: which revision of which team's policy; revision 0 comes with the product."""

    policy: Policy
    name: str = ""
    revision: int = 0
    pk: int | None = None

    @property
    def label(self) -> str:
        """Its name and revision, as a decision is told by."""
        return f"{self.policy.title} (revision {self.revision})" if self.revision else self.policy.title


def chosen(candidates: Sequence[InForce], about: About, default: InForce) -> InForce:
    """The one policy for a version: of the team's own, in the order of their names, the first with conditions that
    hold; then the first without any; then the one that comes with the product."""
    ordered = sorted(candidates, key=lambda one: (one.policy.applies.is_for_all, one.name))
    return next((one for one in ordered if one.policy.applies.hold(about)), default)


def missing(signers: Sequence[Signers], given: Iterable[Collection[str]]) -> int:
    """How many sign-offs are still missing, where `given` are the roles of each person who gave one.

    One person counts once. By Hall's theorem the needs can be met by different people just when every choice of
    needs has as many people for it as it asks for; the greatest lack among these choices is what is missing.
    """
    people = [frozenset(roles) for roles in given]
    lacks = [0]
    for chosen_bits in range(1, 2 ** len(signers)):
        some = [one for place, one in enumerate(signers) if chosen_bits >> place & 1]
        roles = {role for one in some for role in one.roles}
        lacks.append(sum(one.number for one in some) - sum(not roles.isdisjoint(held) for held in people))
    return max(lacks)
