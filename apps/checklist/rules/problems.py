"""What stands against approval: one reason, of a kind that rules of policies name; and the gate they make up."""

from dataclasses import dataclass, field
from functools import cached_property

from apps.core.canonical import digest_of

FILES = "files"  # stands where a question would, for what no answer can put right
POLICY = "policy"  # stands there for what a rule of the policy asks beside the questions
APART = (FILES, POLICY)

# Every kind of reason against approval.
BROKEN, HELD = "altered file", "held file"
UNANSWERED, WEAK, STALE, OBJECTION = "unanswered", "too weak", "stale", "objection"
CONFLICT, USES, UNSAID, UNRECORDED = "licence conflict", "use unsaid", "unsaid", "unrecorded"
CONTRADICTED, UNMEASURED = "contradicted", "unmeasured"
BELOW, UNTOLD = "threshold missed", "cannot be told"
CHANGED_TRAIL = "changed trail"

# What no waiver lets pass, with the sentence that says why.
NEVER_WAIVED = {
    BROKEN: "A file that was altered is not what anybody looked at; a waiver would approve something unknown.",
    HELD: "A file that runs code when it is loaded can do anything; only somebody who looked at it may release it.",
    "four eyes": "A waiver is a second person's judgement; it cannot take the second person's place.",
    "trail": "A decision that leaves no record cannot be checked by anybody afterwards.",
    CHANGED_TRAIL: "A record that somebody changed shows nothing; a waiver would be written into it as well.",
}


@dataclass(frozen=True)
class GateItem:
    """One reason why the gate is red.

    `kind` is one of the kinds above. `key` names the reason in a waiver: where what it says changes, it is another
    reason with another key, which the waiver does not cover.
    """

    question: str
    problem: str
    remedy: str
    conflict: str = ""  # the key of the conflict of licences that it names; a waiver can take that away
    page: str = ""  # the address of the page where it can be put right, where there is one
    kind: str = ""

    @cached_property
    def key(self) -> str:
        """SHA-256 of the reason; a conflict of licences is named by its chain and term instead."""
        return self.conflict or digest_of({"kind": self.kind, "question": self.question, "problem": self.problem})

    @property
    def never_waived_because(self) -> str:
        """Why no waiver lets it pass, as a sentence; empty where one may."""
        return NEVER_WAIVED.get(self.kind, "")


@dataclass(frozen=True)
class Gate:
    """Whether a version may be approved, with every reason against it."""

    problems: tuple[GateItem, ...] = field(default=())

    @property
    def is_green(self) -> bool:
        """Whether nothing stands against approval."""
        return not self.problems

    @property
    def questions(self) -> tuple[str, ...]:
        """The ids of the questions that something stands against, in the order of the page."""
        return tuple(dict.fromkeys(item.question for item in self.problems if item.question not in APART))

    @property
    def files(self) -> tuple[GateItem, ...]:
        """What stands against the version's files, whatever is answered."""
        return tuple(item for item in self.problems if item.question == FILES)

    @property
    def beside(self) -> tuple[GateItem, ...]:
        """What rules of the policy ask beside the questions and the files, and is not met."""
        return tuple(item for item in self.problems if item.question == POLICY)
