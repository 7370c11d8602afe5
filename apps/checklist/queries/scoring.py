"""Scores of assessments against a rubric, side by side."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.checklist.models import Answer, Assessment
from apps.checklist.queries.assessments import assessments_seen_by
from apps.checklist.rules import NOT_APPLICABLE, Framework
from apps.checklist.rules.frameworks import SUBJECTS
from apps.checklist.rules.scoring import NOTHING, RubricScore, Score, scored

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_COMPARED = 12  # columns that still fit a wide page


@dataclass(frozen=True)
class Scored:
    """One assessment with its score."""

    assessment: Assessment
    score: RubricScore


@dataclass(frozen=True)
class ScoreRow:
    """One line of the comparison: a group, a question or a kind of thing, with a score for each assessment."""

    label: str
    depth: int
    scores: tuple[Score, ...]
    id: str = ""
    is_question: bool = False


@dataclass(frozen=True)
class Comparison:
    """Assessments against one version of a rubric, side by side."""

    framework: Framework
    columns: tuple[Scored, ...]
    rows: tuple[ScoreRow, ...]
    by_subject: tuple[ScoreRow, ...]
    elsewhere: int  # assessments against other versions, which other questions would be compared with

    @property
    def totals(self) -> tuple[Score, ...]:
        """The total of each assessment."""
        return tuple(column.score.total for column in self.columns)


def scores_of(framework: Framework, assessments: Sequence[Assessment]) -> list[Scored]:
    """The score of each assessment by the answers given in it, in one query. All are against this version."""
    rows = Answer.objects.filter(assessment__in=assessments, is_current=True)
    levels: dict[int, dict[str, int]] = defaultdict(dict)
    left_out: dict[int, set[str]] = defaultdict(set)
    for pk, question, status, value in rows.values_list("assessment_id", "question", "status", "value"):
        if status == NOT_APPLICABLE:
            left_out[pk].add(question)
        elif "level" in value:
            levels[pk][question] = value["level"]
    return [Scored(one, scored(framework, levels[one.pk], left_out[one.pk])) for one in assessments]


def comparison(
    user: "User | AnonymousUser", framework: Framework, pks: Sequence[int] = (), *, with_questions: bool = False
) -> Comparison:
    """The assessments with these ids that the person sees (the newest where none is named), side by side."""
    seen = assessments_seen_by(user).filter(framework=framework.urn)
    here = seen.filter(framework_version=framework.version)
    chosen = here.filter(pk__in=pks) if pks else here
    columns = tuple(scores_of(framework, list(chosen[:MOST_COMPARED])))
    return Comparison(
        framework=framework,
        columns=columns,
        rows=tuple(_rows(framework, columns, with_questions)),
        by_subject=tuple(_by_subject(columns)),
        elsewhere=seen.exclude(framework_version=framework.version).count(),
    )


def _rows(framework: Framework, columns: Sequence[Scored], with_questions: bool) -> list[ScoreRow]:
    rows = []
    for section in framework.sections:
        name = section.group.id
        scores = tuple(column.score.groups[name] for column in columns)
        label = " ".join(dict.fromkeys(filter(None, (section.group.ref, section.group.title))))
        rows.append(ScoreRow(label, section.depth, scores, name))
        for one in section.group.questions if with_questions else ():
            each = tuple(column.score.questions.get(one.id, NOTHING) for column in columns)
            rows.append(ScoreRow(f"{one.ref} {one.text}".strip(), section.depth + 1, each, one.id, is_question=True))
    return rows


def _by_subject(columns: Sequence[Scored]) -> list[ScoreRow]:
    named = [name for name in SUBJECTS if any(name in column.score.subjects for column in columns)]
    return [
        ScoreRow(SUBJECTS[name], 0, tuple(column.score.subjects.get(name, NOTHING) for column in columns), name)
        for name in named
    ]
