"""The posture matrix of one framework: how each thing stands on each group of questions, or on each question of one.

Hundreds of rows by hundreds of questions are read as plain values, without the words of answers and evidence: six
queries and some for what is known of the subjects, however many cells there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.queries.frameworks import framework
from apps.checklist.queries.reading import place_of
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.queries.taking_over import Sources, sources_for
from apps.checklist.rules import STATUSES, UNKNOWN, Framework, Known, Question, Section
from apps.checklist.rules.statements import statement_basis

NOT_ASKED = "not asked"
NO_ANSWER, SOME, ALL, STALE = "none", "some", "all", "stale"


@dataclass(frozen=True)
class Standing:
    """How one question is answered: the way it is known, and whether that still holds. Empty status: not asked."""

    status: str
    is_stale: bool = False

    @property
    def state(self) -> str:
        """What the cell shows."""
        return "stale" if self.is_stale else self.status


@dataclass(frozen=True)
class Cell:
    """One cell: of a question its state; of a group how many of its questions are answered, and how many are stale."""

    state: str
    label: str
    url: str
    answered: int = 0
    total: int = 0
    stale: int = 0


@dataclass(frozen=True)
class MatrixLine:
    """One assessment of the matrix with its cells; `answered` counts over the whole framework."""

    assessment: Assessment
    url: str
    cells: list[Cell]
    answered: int
    total: int


@dataclass(frozen=True)
class Matrix:
    """The columns, which are groups or the questions of one group, and the lines."""

    framework: Framework
    group: Section | None
    sections: list[Section]
    questions: tuple[Question, ...]
    lines: list[MatrixLine]


Standings = dict[str, Standing]


def matrix_of(used: Framework, assessments: Sequence[Assessment], group: str = "") -> Matrix:
    """The matrix of these assessments, which come with their subjects read. Constant queries.

    Columns are the groups of `used` that have questions, or the questions of the one named `group`.
    """
    sections = [section for section in used.sections if section.group.questions]
    chosen = next((section for section in sections if section.group.id == group), None)
    standings = standings_of(assessments)
    lines = [_line(used, one, standings[one.pk], sections, chosen) for one in assessments]
    return Matrix(used, chosen, sections, chosen.group.questions if chosen else (), lines)


def standings_of(assessments: Sequence[Assessment]) -> dict[int, Standings]:
    """How every question of these assessments stands at this moment, by assessment and question."""
    knowledge = knowledge_of(assessments)
    sources = sources_for(assessments, knowledge)
    answers, evidence = _answers(assessments), _evidence(assessments)
    return {
        one.pk: _standings(one, knowledge.of(one), answers.get(one.pk, {}), evidence, sources[one.pk])
        for one in assessments
    }


_Said = tuple[int, str, str, str]  # the answer's number, its status, what a person stated, and on what
_Shown = tuple[tuple[str, str, str], str]  # what a piece of evidence speaks of, and its digest


def _answers(assessments: Iterable[Assessment]) -> dict[int, dict[str, _Said]]:
    rows = Answer.objects.filter(assessment__in=assessments, is_current=True)
    found: dict[int, dict[str, _Said]] = defaultdict(dict)
    columns = rows.order_by().values_list("assessment_id", "question", "pk", "status", "stated", "stated_on")
    for assessment, question, pk, status, stated, stated_on in columns:
        found[assessment][question] = (pk, status, stated, stated_on)
    return found


def _evidence(assessments: Iterable[Assessment]) -> dict[int, list[_Shown]]:
    rows = Evidence.objects.filter(answer__assessment__in=assessments, answer__is_current=True).exclude(collector="")
    found: dict[int, list[_Shown]] = defaultdict(list)
    columns = rows.order_by().values_list("answer_id", "collector", "subject_type", "subject_id", "subject_digest")
    for answer, collector, kind, pk, digest in columns:
        found[answer].append(((collector, kind, pk), digest))
    return found


def _standings(
    assessment: Assessment,
    known: Known,
    answers: dict[str, _Said],
    evidence: dict[int, list[_Shown]],
    sources: Sources,
) -> Standings:
    present = known.digest_by_subject
    found: Standings = {}
    for question in framework(assessment.framework, assessment.framework_version).questions.values():
        pk, status, stated, stated_on = answers.get(question.id, (0, UNKNOWN, "", ""))
        if not stated and status == UNKNOWN and question.id in sources:
            view = sources[question.id].view
            found[question.id] = Standing(view.status, view.is_stale)
            continue
        is_changed = any(present.get(subject) != digest for subject, digest in evidence.get(pk, ()))
        is_outdated = bool(stated) and stated_on != statement_basis(question, known)
        found[question.id] = Standing(status, is_changed or is_outdated)
    return found


def _line(
    used: Framework, assessment: Assessment, standings: Standings, sections: list[Section], chosen: Section | None
) -> MatrixLine:
    if chosen is None:
        cells = [_group_cell(assessment, section, standings) for section in sections]
    else:
        cells = [_cell(used, assessment, question, standings) for question in chosen.group.questions]
    answered = sum(1 for standing in standings.values() if standing.status != UNKNOWN)
    url = reverse("checklist:assessment-detail", args=[assessment.pk])
    return MatrixLine(assessment, url, cells, answered, len(standings))


def _cell(used: Framework, assessment: Assessment, question: Question, standings: Standings) -> Cell:
    standing = standings.get(question.id)
    if standing is None:
        return Cell("", f"{question.text} Not asked in version {assessment.framework_version}.", "")
    words = "stale" if standing.is_stale else STATUSES[standing.status].lower()
    return Cell(standing.state, f"{question.text} {words.capitalize()}.", place_of(assessment.pk, used, question.id))


def _group_cell(assessment: Assessment, section: Section, standings: Standings) -> Cell:
    """A group is as good as what is missing in it: nothing answered, some, all, or all of it and some of that stale."""
    asked = [standings[question.id] for question in section.group.questions if question.id in standings]
    if not asked:
        return Cell("", f"{section.title}: not asked in version {assessment.framework_version}.", "")
    answered = sum(1 for standing in asked if standing.status != UNKNOWN)
    stale = sum(1 for standing in asked if standing.is_stale)
    state = STALE if stale else NO_ANSWER if not answered else ALL if answered == len(asked) else SOME
    told = f"{section.title}: {answered} of {len(asked)} answered{f', {stale} stale' if stale else ''}."
    url = place_of(assessment.pk, framework(assessment.framework, assessment.framework_version), asked_first(section))
    return Cell(state, told, url, answered, len(asked), stale)


def asked_first(section: Section) -> str:
    """The id of the first question of a group."""
    return section.group.questions[0].id
