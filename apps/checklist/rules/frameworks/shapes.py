"""Frameworks as data: what a file of questions holds once it is read. The format is told in docs/frameworks.md."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from apps.checklist.rules.findings import MEASURED_BY
from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.canonical import digest_of

OWN = "urn:genaiops:"  # what comes with the product; whoever loads something gives it a name of their own
SYSTEM, VERSION, DATASET, MODEL, DEPLOYMENT = "system", "version", "dataset", "model", "deployment"
# What a whole framework can be held against, and what one question can speak of.
ASSESSED = {
    SYSTEM: "AI system",
    VERSION: "Model version",
    DATASET: "Dataset version",
    DEPLOYMENT: "Deployment",
}
SUBJECTS = {DATASET: "Data", MODEL: "Model", DEPLOYMENT: "Deployment", SYSTEM: "System"}
MINIMA = (DECLARED, IMPORTED, MEASURED)

STATEMENT, YES_NO, CHOICE, NUMBER, TEXT, SCALE = "statement", "yes_no", "choice", "number", "text", "scale"
ANSWERS = {
    STATEMENT: "A statement in words",
    YES_NO: "Yes or no",
    CHOICE: "One of several choices",
    NUMBER: "A number",
    TEXT: "A text",
    SCALE: "A level of a scale",
}

SAME, BROADER, NARROWER, RELATED = "same", "broader", "narrower", "related"
RELATIONS = {SAME: "asks the same", BROADER: "asks for more", NARROWER: "asks for less", RELATED: "is related"}
# Where a question names another one in one of these relations, an answer to the other one answers it as well.
FEEDING = frozenset({SAME, BROADER})


@dataclass(frozen=True)
class Choice:
    """One of the answers that a question offers."""

    id: str
    title: str


@dataclass(frozen=True)
class Level:
    """One step of a scale. `weight` is a decimal number as text: the points it is worth; its value where empty."""

    value: int
    title: str
    text: str
    weight: str = ""

    @property
    def points(self) -> Fraction:
        """What this level is worth, exactly."""
        return Fraction(self.weight) if self.weight else Fraction(self.value)


@dataclass(frozen=True)
class Mapping:
    """A question elsewhere, `<URN>#<question id>`, and how it stands to the question that names it.

    `broader`: the other one asks for more than this one; an answer to it answers this one too.
    """

    to: str
    relation: str

    @property
    def urn(self) -> str:
        """The framework that the other question stands in."""
        return self.to.partition("#")[0]

    @property
    def question(self) -> str:
        """The id of the other question."""
        return self.to.partition("#")[2]

    @property
    def is_feeding(self) -> bool:
        """Whether an answer to the other question answers this one."""
        return self.relation in FEEDING


@dataclass(frozen=True)
class Question:
    """One question with what helps to answer it and what the gate asks of the answer.

    `collectors` bring evidence; those in `answering` decide how the answer is known, the others add to it. `weight`
    is a decimal number as text. `replaces` are the ids that this question had in earlier versions.
    """

    id: str
    text: str
    help: str
    why: str
    next_step: str
    collectors: tuple[str, ...]
    minimum_status: str
    subject: str
    ref: str = ""
    requirement: str = ""
    answer: str = STATEMENT
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    scale: str = ""
    weight: str = "1"
    mappings: tuple[Mapping, ...] = ()
    applies_from: str = ""
    audience: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def subject_label(self) -> str:
        """What it speaks of, in a word."""
        return SUBJECTS[self.subject]

    @property
    def answer_label(self) -> str:
        """How it is answered, in words."""
        return ANSWERS[self.answer]

    @property
    def principal(self) -> str:
        """The collector that answers the question itself; empty where only people can answer it."""
        return self.collectors[0] if self.collectors else ""

    @property
    def answering(self) -> tuple[str, ...]:
        """The collectors that answer the question: the principal one, and the one that measures what it records."""
        if not self.collectors:
            return ()
        measuring = MEASURED_BY.get(self.principal)
        return (self.principal, measuring) if measuring in self.collectors else (self.principal,)


@dataclass(frozen=True)
class Group:
    """Questions that belong together on the page, and groups within the group. `weight` is a decimal number as text."""

    id: str
    title: str
    summary: str
    questions: tuple[Question, ...]
    groups: tuple["Group", ...] = ()
    ref: str = ""
    weight: str = "1"
    applies_from: str = ""

    @property
    def all_questions(self) -> Iterator[Question]:
        """The questions of this group and of every group within it, in the order of the page."""
        yield from self.questions
        for group in self.groups:
            yield from group.all_questions


@dataclass(frozen=True)
class Section:
    """A group together with the groups that it stands in, the outermost first."""

    group: Group
    within: tuple[Group, ...] = ()

    @property
    def depth(self) -> int:
        """How many groups it stands in."""
        return len(self.within)

    @property
    def path(self) -> tuple[Group, ...]:
        """The groups from the outermost to this one."""
        return (*self.within, self.group)

    @property
    def title(self) -> str:
        """The titles from the outermost group to this one."""
        return " › ".join(group.title for group in self.path)


@dataclass(frozen=True)
class Source:
    """Where the wording of the questions comes from."""

    author: str
    title: str
    url: str


@dataclass(frozen=True)
class Framework:
    """One version of a set of questions that systems, model versions, data or deployments are held against."""

    urn: str
    version: int
    title: str
    summary: str
    language: str
    effective_date: str
    source: Source
    copyright: str
    groups: tuple[Group, ...]
    valid_until: str = ""
    subjects: tuple[str, ...] = (VERSION,)
    scales: tuple[tuple[str, tuple[Level, ...]], ...] = ()
    notes: str = ""

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by its id, in the order of the page."""
        return {question.id: question for group in self.groups for question in group.all_questions}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every group at every depth, in the order of the page."""
        return tuple(_sections(self.groups, ()))

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The group that each question stands in, by the question's id."""
        return {question.id: section for section in self.sections for question in section.group.questions}

    @cached_property
    def levels(self) -> dict[str, tuple[Level, ...]]:
        """The levels of each scale by its name, the lowest first."""
        return dict(self.scales)

    @property
    def subject_labels(self) -> str:
        """What can be held against it, in words."""
        labels = (ASSESSED[name] for name in self.subjects)
        return ", ".join(label if label[:2].isupper() else label.lower() for label in labels)

    @property
    def is_rubric(self) -> bool:
        """Whether answers are scored: at least one question asks for a level."""
        return any(question.scale for question in self.questions.values())

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every text and rule, so that a decision says by which words it was taken."""
        return digest_of(told(self))

    def starts_on(self, question: Question) -> str:
        """The ISO date from which a question applies: its own, that of a group around it, or the framework's."""
        section = self.section_of[question.id]
        dates = [question.applies_from, *(group.applies_from for group in reversed(section.path))]
        return next((day for day in dates if day), self.effective_date)


def _sections(groups: tuple[Group, ...], within: tuple[Group, ...]) -> Iterator[Section]:
    for group in groups:
        yield Section(group, within)
        yield from _sections(group.groups, (*within, group))


def told(value: Any) -> Any:
    """What a digest is computed over: every field without a default, and those with one where they differ from it.

    So a file that was given out keeps its digest when the format learns a new field.
    """
    if is_dataclass(value):
        given = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
        return {name: told(here) for name, (here, default) in given.items() if default is MISSING or here != default}
    if isinstance(value, tuple):
        return [told(item) for item in value]
    return value
