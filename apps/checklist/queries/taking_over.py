"""Answers that were given to other frameworks and answer questions of this one as well."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.checklist.models import Answer, Assessment
from apps.checklist.queries.frameworks import framework
from apps.checklist.queries.row_views import WITH_EVIDENCE, answer_view
from apps.checklist.queries.subjects import Key, Knowledge, key_of
from apps.checklist.rules import UNKNOWN, Framework, QuestionView
from apps.checklist.rules.statements import statement_basis
from apps.checklist.rules.status import strength
from apps.checklist.rules.subjects import FIELDS
from apps.checklist.rules.taking_over import Feeds, feeds


@dataclass(frozen=True)
class Source:
    """An answer that was given elsewhere, and in which relation its question stands to the one that it answers too."""

    assessment: Assessment
    framework: Framework
    relation: str
    view: QuestionView

    @property
    def rank(self) -> tuple[bool, int, float]:
        """What is better than what: an answer that holds, one that is known well, a new one."""
        answer = self.view.answer
        if answer is None:
            return (False, 0, 0.0)
        return (not answer.is_stale, strength(answer.status), answer.answered_at.timestamp())


Sources = dict[str, Source]  # by the question that is answered


@dataclass(frozen=True)
class _Link:
    """One question of an assessment, and one of another assessment whose answer answers it."""

    assessment: int
    question: str
    other: Assessment
    asked: str
    relation: str


def sources_for(assessments: Sequence[Assessment], knowledge: Knowledge) -> dict[int, Sources]:
    """For each assessment, the answers that others of the same thing lend to its questions; the best for each.

    A system is answered for by the versions at work in it as well, as far as they are of its own team: whom a model was
    shared with may read its answers, and the rest of their team may not. Answers that were taken over themselves lend
    nothing: what is shown has one author and one place. Three queries at most, however many assessments there are.
    """
    links = list(_links(assessments, knowledge))
    answers = _answers(links)
    found: dict[int, Sources] = defaultdict(dict)
    for link in links:
        answer = answers.get((link.other.pk, link.asked))
        if answer is None:
            continue
        source = _source(link, answer, knowledge)
        before = found[link.assessment].get(link.question)
        if before is None or source.rank > before.rank:
            found[link.assessment][link.question] = source
    return found


def _links(assessments: Sequence[Assessment], knowledge: Knowledge) -> Iterator[_Link]:
    keys = {one.pk: knowledge.keys_behind(one) for one in assessments}
    others: dict[Key, list[Assessment]] = defaultdict(list)
    for other in _about({key for found in keys.values() for key in found}):
        others[key_of(other)].append(other)
    known: dict[tuple[str, str], Feeds] = {}
    for one in assessments:
        target = framework(one.framework, one.framework_version)
        for other in (other for key in keys[one.pk] for other in others[key] if _lends(other, one)):
            source = framework(other.framework, other.framework_version)
            pair = (target.digest, source.digest)
            if pair not in known:
                known[pair] = feeds(target, source)
            for question, by in known[pair].items():
                yield from (_Link(one.pk, question, other, asked, relation) for asked, relation in by.items())


def _lends(other: Assessment, to: Assessment) -> bool:
    return other.pk != to.pk and other.team_id == to.team_id


def _about(keys: Iterable[Key]) -> list[Assessment]:
    """Every assessment of these things."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for kind, pk in keys:
        numbers[kind].append(pk)
    which = Q()
    for kind, pks in numbers.items():
        which |= Q(**{f"{FIELDS[kind]}__in": pks})
    if not numbers:
        return []
    rows = Assessment.objects.filter(which)
    return list(
        rows.select_related("version__model", "system", "dataset_version__dataset", "deployment").order_by("pk")
    )


def _answers(links: Iterable[_Link]) -> dict[tuple[int, str], Answer]:
    """The current answers to the questions that lend theirs, where these say something."""
    wanted = {(link.other.pk, link.asked) for link in links}
    if not wanted:
        return {}
    rows = Answer.objects.filter(
        assessment__in={pk for pk, _ in wanted}, question__in={asked for _, asked in wanted}, is_current=True
    )
    rows = rows.exclude(status=UNKNOWN).select_related("answered_by").prefetch_related(WITH_EVIDENCE)
    found = {(row.assessment_id, row.question): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def _source(link: _Link, answer: Answer, knowledge: Knowledge) -> Source:
    used = framework(link.other.framework, link.other.framework_version)
    asked, known = used.questions[link.asked], knowledge.known[key_of(link.other)]
    basis = statement_basis(asked, known)
    view = QuestionView(
        question=asked,
        answer=answer_view(answer, basis, known),
        basis=basis,
        levels=used.levels.get(asked.scale, ()),
    )
    return Source(link.other, used, link.relation, view)
