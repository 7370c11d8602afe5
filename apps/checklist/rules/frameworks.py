"""Frameworks as data: the shape of a file of questions, and every rule that such a file keeps.

The format is explained at the head of apps/checklist/frameworks/genaiops-checklist.yaml.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from apps.checklist.rules.findings import COLLECTORS, MEASURED_BY
from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.canonical import digest_of

SUBJECTS = ("dataset", "model", "deployment")
MINIMA = (DECLARED, IMPORTED, MEASURED)


class FrameworkInvalid(ValueError):
    """A framework file breaks a rule; the message names the file, the place and the rule."""


@dataclass(frozen=True)
class Question:
    """One question with what helps to answer it and what the gate asks of the answer.

    `collectors` bring evidence; those in `answering` decide how the answer is known, the others add to it.
    """

    id: str
    text: str
    help: str
    why: str
    next_step: str
    collectors: tuple[str, ...]
    minimum_status: str
    subject: str

    @property
    def principal(self) -> str:
        """The collector that answers the question itself."""
        return self.collectors[0]

    @property
    def answering(self) -> tuple[str, ...]:
        """The collectors that answer the question: the principal one, and the one that measures what it records."""
        measuring = MEASURED_BY.get(self.principal)
        return (self.principal, measuring) if measuring in self.collectors else (self.principal,)


@dataclass(frozen=True)
class Group:
    """Questions that belong together on the page."""

    id: str
    title: str
    summary: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Source:
    """Where the wording of the questions comes from."""

    author: str
    title: str
    url: str


@dataclass(frozen=True)
class Framework:
    """One version of a set of questions that model versions are held against."""

    urn: str
    version: int
    title: str
    summary: str
    language: str
    effective_date: str
    source: Source
    copyright: str
    groups: tuple[Group, ...]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by its id, in the order of the page."""
        return {question.id: question for group in self.groups for question in group.questions}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every text and rule, so that a decision says by which words it was taken."""
        return digest_of(asdict(self))


def framework_from(raw: Any, name: str) -> Framework:
    """Make a framework from what was read of the file `name`. Raises FrameworkInvalid."""
    where = _Place(name)
    fields = where.fields(raw, Framework)
    groups = tuple(_group(item, where.at(f"groups[{i}]")) for i, item in enumerate(where.items(fields, "groups")))
    where.require(
        isinstance(fields["version"], int) and fields["version"] >= 1, "version is a whole number from 1 upwards"
    )
    ids = [question.id for group in groups for question in group.questions]
    where.require(len(ids) == len(set(ids)), "every question has an id of its own")
    source = where.at("source")
    return Framework(
        source=Source(**source.texts(source.fields(fields["source"], Source), Source.__annotations__)),
        groups=groups,
        version=fields["version"],
        **where.texts(fields, ("urn", "title", "summary", "language", "effective_date", "copyright")),
    )


def _group(raw: Any, where: "_Place") -> Group:
    fields = where.fields(raw, Group)
    questions = where.items(fields, "questions")
    return Group(
        questions=tuple(_question(item, where.at(f"questions[{i}]")) for i, item in enumerate(questions)),
        **where.texts(fields, ("id", "title", "summary")),
    )


def _question(raw: Any, where: "_Place") -> Question:
    fields = where.fields(raw, Question)
    collectors = where.items(fields, "collectors")
    unknown = sorted(str(item) for item in collectors if item not in COLLECTORS)
    where.require(not unknown, f"collectors are known ones; not so: {', '.join(unknown)}")
    texts = where.texts(fields, [name for name in Question.__annotations__ if name != "collectors"])
    where.require(texts["minimum_status"] in MINIMA, f"minimum_status is one of {', '.join(MINIMA)}")
    where.require(texts["subject"] in SUBJECTS, f"subject is one of {', '.join(SUBJECTS)}")
    return Question(collectors=tuple(collectors), **texts)


@dataclass(frozen=True)
class _Place:
    """A place in a framework file, for errors that can be found."""

    name: str

    def at(self, part: str) -> "_Place":
        return _Place(f"{self.name}: {part}")

    def require(self, is_so: bool, rule: str) -> None:
        if not is_so:
            raise FrameworkInvalid(f"{self.name}: {rule}.")

    def fields(self, raw: Any, of: type) -> dict[str, Any]:
        """`raw` as a mapping with exactly the fields of the dataclass `of`."""
        self.require(isinstance(raw, dict), "here stands a mapping")
        missing = set(of.__annotations__) - set(raw)
        self.require(not missing, f"these fields are missing: {', '.join(sorted(missing))}")
        extra = {str(key) for key in raw} - set(of.__annotations__)
        self.require(not extra, f"these fields are not known: {', '.join(sorted(extra))}")
        return dict(raw)

    def items(self, fields: dict[str, Any], name: str) -> list[Any]:
        """A list with at least one item."""
        self.require(isinstance(fields[name], list) and bool(fields[name]), f"{name} is a list with at least one item")
        return list(fields[name])

    def texts(self, fields: dict[str, Any], names: Iterable[str]) -> dict[str, str]:
        """These fields as texts without white space around them; none may be empty."""
        for name in names:
            is_text = isinstance(fields[name], str) and bool(fields[name].strip())
            self.require(is_text, f"{name} is a text and not empty")
        return {name: fields[name].strip() for name in names}
