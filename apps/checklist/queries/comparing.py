"""Several things held against one framework, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.checklist.models import Assessment
from apps.checklist.queries.reading import AT_ONCE, place_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules import AssessmentView, Framework, Question, QuestionView, Section

MOST = 5  # columns that can still be read beside each other


@dataclass(frozen=True)
class Side:
    """How one of the things answers a question; None where its version of the framework does not ask it."""

    view: QuestionView | None
    url: str
    label: str

    @property
    def told(self) -> tuple[str, str]:
        """What is compared: the way it is known, and what is said."""
        return (self.view.status, self.view.says) if self.view else ("", "")


@dataclass(frozen=True)
class ComparedQuestion:
    """One question with every side's answer."""

    question: Question
    sides: list[Side]

    @property
    def differs(self) -> bool:
        """Whether the sides do not all say the same, known in the same way."""
        return len({side.told for side in self.sides}) > 1


@dataclass(frozen=True)
class Compared:
    """The sides, and the groups that are shown with their questions."""

    framework: Framework
    views: list[AssessmentView]
    sections: list[Section]
    chosen: Section | None
    groups: list[tuple[Section, list[ComparedQuestion]]]
    differing: int


def compared(
    used: Framework,
    assessments: Sequence[Assessment],
    *,
    group: str = "",
    only_different: bool = False,
    whole: bool = False,
) -> Compared:
    """These assessments against `used`, side by side; of a long framework one group, unless only differences are asked
    for, or the whole.

    The assessments come as `assessments_seen_by` reads them. Constant queries.
    """
    views = views_of(assessments[:MOST])
    sides = [views[one.pk] for one in assessments[:MOST]]
    answers = [(view, {question.id: question for question in view.questions}) for view in sides]
    sections = [section for section in used.sections if section.group.questions]
    every = [(section, [_question(one, answers) for one in section.group.questions]) for section in sections]
    is_long = len(used.questions) > AT_ONCE and not only_different and not whole
    chosen = next((one for one in sections if one.group.id == group), sections[0] if is_long else None)
    shown = every if chosen is None else [item for item in every if item[0] is chosen]
    if only_different:
        shown = [(section, [one for one in items if one.differs]) for section, items in shown]
    return Compared(
        framework=used,
        views=sides,
        sections=sections,
        chosen=chosen,
        groups=[(section, items) for section, items in shown if items],
        differing=sum(1 for _, items in every for one in items if one.differs),
    )


def _question(question: Question, answers: list[tuple[AssessmentView, dict[str, QuestionView]]]) -> ComparedQuestion:
    sides = []
    for view, found in answers:
        answer = found.get(question.id)
        url = place_of(view.pk, view.framework, question.id) if answer else ""
        sides.append(Side(answer, url, view.subject_label))
    return ComparedQuestion(question, sides)
