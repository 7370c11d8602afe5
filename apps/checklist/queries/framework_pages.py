"""What the pages of frameworks show: the list, one framework as a tree, and what its mappings name."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.checklist.queries.assessments import assessments_seen_by
from apps.checklist.queries.frameworks import FrameworkVersion, framework, framework_seen_versions, frameworks
from apps.checklist.rules import COLLECTORS, Framework, Question, Section
from apps.checklist.rules.frameworks import BROADER, NARROWER, RELATIONS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_INVERSE = {BROADER: NARROWER, NARROWER: BROADER}


@dataclass(frozen=True)
class FrameworkRow:
    """One framework in the list, with how many assessments the person sees against it."""

    framework: Framework
    assessments: int

    @property
    def question_count(self) -> int:
        """How many questions it asks."""
        return len(self.framework.questions)


def framework_rows(user: "User | AnonymousUser") -> list[FrameworkRow]:
    """The newest version of every framework, with the assessments that the person sees against any version."""
    counts = Counter(assessments_seen_by(user).order_by().values_list("framework", flat=True))
    return [FrameworkRow(one, counts[one.urn]) for one in frameworks()]


@dataclass(frozen=True)
class Mapped:
    """A question of another framework, and how it stands to this one. `text` is empty where nobody has loaded it."""

    urn: str
    question: str
    relation: str
    title: str
    text: str = ""

    @property
    def is_known(self) -> bool:
        """Whether its framework is here."""
        return bool(self.text)


@dataclass(frozen=True)
class QuestionRow:
    """One question with those of other frameworks that it names or that name it."""

    question: Question
    starts_on: str
    mapped: tuple[Mapped, ...]

    @property
    def collectors(self) -> tuple[str, ...]:
        """What brings evidence, in words."""
        return tuple(COLLECTORS[name] for name in self.question.collectors)


@dataclass(frozen=True)
class SectionRow:
    """A group with those of its questions that are shown."""

    section: Section
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True)
class FrameworkPage:
    """One version of a framework as a tree, or what a search found in it."""

    framework: Framework
    versions: tuple[FrameworkVersion, ...]
    sections: tuple[SectionRow, ...]
    search: str
    mapped_to: tuple[tuple[str, str, int], ...]  # URN, title and number of mappings, the most first

    @property
    def is_newest(self) -> bool:
        """Whether there is no newer version."""
        return self.versions[0].framework.version == self.framework.version

    @property
    def shown(self) -> int:
        """How many questions are shown."""
        return sum(len(section.questions) for section in self.sections)


def framework_page(urn: str, version: int | None = None, search: str = "") -> FrameworkPage:
    """One framework for its page; with `search`, only questions that say it, in any letter case. Raises NotFound."""
    versions = framework_seen_versions(urn)
    used = framework(urn, version)
    known = {one.urn: one for one in frameworks()} | {urn: used}
    named = _named_by(used, known.values())
    words = search.casefold().split()
    sections = []
    for section in used.sections:
        found = [one for one in section.group.questions if _says(one, words)]
        rows = tuple(_row(used, one, known, named) for one in found)
        if rows or not words:
            sections.append(SectionRow(section, rows))
    counts = Counter(one.urn for question in used.questions.values() for one in question.mappings)
    mapped_to = tuple((name, known[name].title if name in known else name, n) for name, n in counts.most_common())
    return FrameworkPage(used, tuple(versions), tuple(sections), search.strip(), mapped_to)


def _says(question: Question, words: Iterable[str]) -> bool:
    told = " ".join((question.id, question.ref, question.text, question.requirement, question.help, *question.tags))
    return all(word in told.casefold() for word in words)


def _row(
    used: Framework, question: Question, known: Mapping[str, Framework], named: Mapping[str, list[Mapped]]
) -> QuestionRow:
    mapped = tuple(
        _mapped(known, mapping.urn, mapping.question, RELATIONS[mapping.relation]) for mapping in question.mappings
    )
    own = {(one.urn, one.question) for one in mapped}
    others = tuple(one for one in named.get(question.id, ()) if (one.urn, one.question) not in own)
    return QuestionRow(question, used.starts_on(question), (*mapped, *others))


def _mapped(known: Mapping[str, Framework], urn: str, name: str, relation: str) -> Mapped:
    other = known.get(urn)
    question = other.questions.get(name) if other else None
    if other is None or question is None:
        return Mapped(urn, name, relation, other.title if other else urn)
    return Mapped(urn, name, relation, other.title, question.text)


def _named_by(used: Framework, others: Iterable[Framework]) -> dict[str, list[Mapped]]:
    """The questions of other frameworks that name one of this framework's, by its id, as seen from here."""
    found: dict[str, list[Mapped]] = defaultdict(list)
    for other in others:
        for question in other.questions.values() if other.urn != used.urn else ():
            for mapping in question.mappings:
                if mapping.urn == used.urn:
                    seen_from_here = RELATIONS[_INVERSE.get(mapping.relation, mapping.relation)]
                    one = Mapped(other.urn, question.id, seen_from_here, other.title, question.text)
                    found[mapping.question].append(one)
    return found
