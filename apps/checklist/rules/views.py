"""An assessment as it stands at this moment, ready for a page, the API and the audit pack. Plain values, no rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.checklist.rules.evidence import EvidenceView
from apps.checklist.rules.findings import Finding
from apps.checklist.rules.frameworks import ASSESSED, Framework, Group, Level, Question
from apps.checklist.rules.policies.outcomes import RuleOutcome
from apps.checklist.rules.policies.shapes import InForce
from apps.checklist.rules.problems import Gate, GateItem
from apps.checklist.rules.status import (
    APPROVED,
    DECLARED,
    IMPORTED,
    MEASURED,
    NOT_APPLICABLE,
    STATES,
    STATUSES,
    UNKNOWN,
)
from apps.checklist.rules.subjects import GENAIOPS
from apps.checklist.rules.taking_over import Elsewhere, TakenFrom
from apps.checklist.rules.values import value_words
from apps.checklist.rules.waivers import WaiverView

_THROUGH = {
    MEASURED: "Measured by the platform",
    IMPORTED: "Imported from a file",
    DECLARED: "Declared on record",
    UNKNOWN: "Unknown",
    NOT_APPLICABLE: "Not applicable",
}


@dataclass(frozen=True)
class AnswerView:
    """The current answer to a question.

    `text` and `reason` are a person's words and are empty where the platform answered. `stated` is what the person
    said about it ("" where nobody did).
    """

    pk: int
    revision: int
    status: str
    stated: str
    text: str
    reason: str
    answered_by: str
    answered_by_id: int | None
    answered_at: datetime
    evidence: tuple[EvidenceView, ...] = ()
    is_statement_outdated: bool = False
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def status_label(self) -> str:
        """How it is known, in a word."""
        return STATUSES[self.status]

    @property
    def how_known(self) -> str:
        """How it is known and through whom, as a phrase."""
        if self.stated == self.status:
            return f"{self.status_label} by {self.answered_by}"
        words = f", in the words of {self.answered_by}" if self.text or self.reason else ""
        return f"{_THROUGH[self.status]}{words}"

    @property
    def stale_because(self) -> tuple[str, ...]:
        """Why the answer no longer holds, in sentences; empty when it does."""
        reasons = [item.stale_because for item in self.evidence if item.is_stale]
        if self.is_statement_outdated:
            reasons.append("What the statement speaks of has changed since it was made.")
        return tuple(dict.fromkeys(reasons))

    @property
    def is_stale(self) -> bool:
        """Whether something behind the answer has changed."""
        return bool(self.stale_because)

    @property
    def has_statement(self) -> bool:
        """Whether a person has answered in words; "I do not know" is no answer."""
        return self.stated not in ("", UNKNOWN) and bool(self.text or self.reason or self.value)


@dataclass(frozen=True)
class QuestionView:
    """A question, its current answer, what was found since, and what stands against it in the gate.

    `basis` is the digest of what a statement made now would speak of; hand it back with the answer. `waived` are the
    keys of conflicts for which a waiver is in force. With `taken_from`, the answer was given to another question that
    answers this one too; `elsewhere` is such an answer beside an own one. `levels` are those of the question's scale.
    """

    question: Question
    answer: AnswerView | None
    basis: str
    uncollected: tuple[Finding, ...] = ()
    problems: tuple[GateItem, ...] = ()
    waived: frozenset[str] = frozenset()
    taken_from: TakenFrom | None = None
    levels: tuple[Level, ...] = ()
    elsewhere: Elsewhere | None = None

    @property
    def id(self) -> str:
        """The question's stable id."""
        return self.question.id

    @property
    def status(self) -> str:
        """How the answer is known; unknown while there is none."""
        return self.answer.status if self.answer else UNKNOWN

    @property
    def status_label(self) -> str:
        """How the answer is known, in a word."""
        return STATUSES[self.status]

    @property
    def is_stale(self) -> bool:
        """Whether something behind the answer has changed."""
        return self.answer is not None and self.answer.is_stale

    @property
    def revision(self) -> int:
        """The current revision of the own answer, which is also how many there are; 0 before the first."""
        if self.taken_from is not None:
            return self.taken_from.revision
        return self.answer.revision if self.answer else 0

    @property
    def own_answer(self) -> AnswerView | None:
        """The answer that was given to this very question."""
        return None if self.taken_from is not None else self.answer

    @property
    def value_words(self) -> str:
        """What was chosen, counted or rated, as a person reads it; empty where that is not asked for."""
        return value_words(self.question, self.levels, self.answer.value) if self.own_answer and self.answer else ""

    @property
    def evidence(self) -> tuple[EvidenceView, ...]:
        """The evidence behind the current answer."""
        return self.answer.evidence if self.answer else ()

    @property
    def says(self) -> str:
        """The answer in words: what a person wrote, or else what the evidence that answers the question says."""
        if self.answer is None:
            return ""
        if self.taken_from is not None:
            return self.taken_from.says
        said = [self.value_words, self.answer.text or self.answer.reason]
        return "\n".join(filter(None, said)) or "\n".join(item.summary for item in self._telling)

    @property
    def _telling(self) -> list[EvidenceView]:
        """The evidence that answers the question; a collector that found nothing is silent where another did."""
        items = [item for item in self.evidence if item.collector in self.question.answering]
        knowing = {item.collector for item in items if item.status != UNKNOWN}
        return [item for item in items if item.collector in knowing] or items

    @property
    def what_next(self) -> str:
        """What to do next: what the gate asks for, or else what would bring a better answer."""
        if self.problems:
            return self.problems[0].remedy
        return self.question.next_step if self.status in (UNKNOWN, DECLARED) else ""


@dataclass(frozen=True)
class GroupView:
    """Questions that belong together on the page: those of one group, without those of the groups within it."""

    group: Group
    questions: tuple[QuestionView, ...]
    within: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The group's heading, after those of the groups that it stands in."""
        return " › ".join((*self.within, self.group.title))


@dataclass(frozen=True)
class SignOffView:
    """One decision that was taken on the assessment. One that is not final waits for further sign-offs."""

    pk: int
    decision: str
    reason: str
    decided_by: str
    decided_by_id: int
    decided_at: datetime
    basis_digest: str
    policy_digest: str = ""  # empty: before policies were data
    policy_label: str = ""
    roles: tuple[str, ...] = ()
    is_final: bool = True


@dataclass(frozen=True)
class AssessmentView:
    """One thing held against a framework, as it stands at this moment.

    `version_id`, `version_stage` and `manifest_digest` speak of a model version and are None or empty for other things.
    `outcomes` are the rules of the `policy` that holds for it, and `signed` the sign-offs that count for these.
    """

    pk: int
    framework: Framework
    state: str
    subject_kind: str
    subject_id: int
    subject_label: str
    subject_page: str
    version_id: int | None
    version_stage: str
    manifest_digest: str
    team_id: int
    created_by: str
    created_at: datetime
    submitted_by: str
    submitted_by_id: int | None
    submitted_at: datetime | None
    groups: tuple[GroupView, ...]
    gate: Gate
    sign_offs: tuple[SignOffView, ...] = ()
    waivers: tuple[WaiverView, ...] = ()
    is_approval_current: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    policy: InForce | None = None
    outcomes: tuple[RuleOutcome, ...] = ()
    signed: tuple[SignOffView, ...] = ()

    @property
    def state_label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def is_gate(self) -> bool:
        """Whether a version may only be used once this is approved; every other assessment opens nothing."""
        return self.version_id is not None and self.framework.urn == GENAIOPS

    @property
    def version_label(self) -> str:
        """The name of the model version, or of whatever else it speaks of."""
        return self.subject_label

    @property
    def subject_kind_label(self) -> str:
        """What kind of thing it speaks of, in words."""
        return ASSESSED[self.subject_kind]

    @property
    def questions(self) -> Iterator[QuestionView]:
        """Every question in the order of the page."""
        return (question for group in self.groups for question in group.questions)

    @property
    def conflicts(self) -> tuple[GateItem, ...]:
        """Every conflict of licences that stands against approval, once."""
        found = {item.conflict: item for item in self.gate.problems if item.conflict}
        return tuple(found.values())

    @property
    def waivers_in_force(self) -> list[WaiverView]:
        """The waivers that hold today."""
        return [waiver for waiver in self.waivers if waiver.is_in_force]

    @property
    def waivers_ended(self) -> list[WaiverView]:
        """The waivers that expired or were taken back."""
        return [waiver for waiver in self.waivers if not waiver.is_in_force]

    @property
    def stale(self) -> tuple[str, ...]:
        """The ids of the questions whose answers no longer hold."""
        return tuple(question.id for question in self.questions if question.is_stale)

    @property
    def was_approved(self) -> bool:
        """Whether some sign-off on this assessment was an approval, current or not."""
        return any(item.decision == APPROVED and item.is_final for item in self.sign_offs)

    def question(self, question_id: str) -> QuestionView:
        """One question by its id. Raises KeyError."""
        return {question.id: question for question in self.questions}[question_id]
