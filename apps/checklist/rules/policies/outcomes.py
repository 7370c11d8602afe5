"""What became of each rule of a policy for one assessment, with everything that tells why."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.checklist.rules.policies.sentences import WORDS
from apps.checklist.rules.policies.shapes import Rule
from apps.checklist.rules.problems import FILES, NEVER_WAIVED, POLICY, GateItem

MET, NOT_MET, WAIVED, CANNOT_TELL, WAITING = "met", "not met", "waived", "cannot be told", "waiting"
OUTCOMES = {
    MET: "Met",
    NOT_MET: "Not met",
    WAIVED: "Waived",
    CANNOT_TELL: "Cannot be told",
    WAITING: "Waits for sign-offs",
}


@dataclass(frozen=True)
class Figure:
    """A number that a rule was held against, and where it comes from. `digests` name what was measured."""

    label: str
    value: str
    threshold: str = ""
    page: str = ""
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reason:
    """One thing that stands against a rule, with the last day of the waiver that lets it pass, where there is one."""

    item: GateItem
    waiver: int | None = None
    until: date | None = None

    @property
    def is_waived(self) -> bool:
        """Whether a waiver in force lets it pass."""
        return self.waiver is not None

    @property
    def is_of_question(self) -> bool:
        """Whether it stands against an answer, which has a place on the page."""
        return self.item.question not in (FILES, POLICY)


@dataclass(frozen=True)
class RuleOutcome:
    """One rule with its outcome. `says` is a sentence; `digests` are the subjects that it was told from."""

    rule: Rule
    outcome: str
    says: str
    reasons: tuple[Reason, ...] = ()
    figures: tuple[Figure, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    waiver: int | None = None  # of the whole rule
    until: date | None = None

    @property
    def label(self) -> str:
        """The outcome in words."""
        return OUTCOMES[self.outcome]

    @property
    def asks(self) -> str:
        """What the rule asks, in words."""
        return WORDS[self.rule.word].asks

    @property
    def standing(self) -> tuple[Reason, ...]:
        """What stands against it and is not waived."""
        return tuple(reason for reason in self.reasons if not reason.is_waived)

    @property
    def waived(self) -> tuple[Reason, ...]:
        """What would stand against it without a waiver."""
        return tuple(reason for reason in self.reasons if reason.is_waived)

    @property
    def remedies(self) -> tuple[str, ...]:
        """What would put it right, each once."""
        return tuple(dict.fromkeys(reason.item.remedy for reason in self.standing if reason.item.remedy))

    @property
    def never_waived_because(self) -> str:
        """Why no waiver lets the rule pass, as a sentence; empty where one may."""
        return never_waived_because(self.rule, tuple(reason.item for reason in self.reasons))

    def as_input(self) -> dict[str, Any]:
        """The rule as a decision keeps it: plain values in a fixed order."""
        return {
            "rule": self.rule.text,
            "because": self.rule.because,
            "outcome": self.outcome,
            "says": self.says,
            "reasons": [[one.item.question, one.item.problem, one.item.key, one.waiver] for one in self.reasons],
            "figures": [[one.label, one.value, one.threshold, one.page, list(one.digests)] for one in self.figures],
            "digests": [list(pair) for pair in self.digests],
            "waiver": self.waiver,
            "until": self.until.isoformat() if self.until else None,
        }


def never_waived_because(rule: Rule, items: tuple[GateItem, ...] = ()) -> str:
    """Why a rule cannot be waived as a whole; empty where it can."""
    if rule.word == "trail":
        return NEVER_WAIVED["trail"]
    if rule.word in ("four eyes", "approvals"):
        return NEVER_WAIVED["four eyes"]
    if rule.word == "files released":
        return next((said for item in items if (said := item.never_waived_because)), NEVER_WAIVED["altered file"])
    return ""
