"""Who does which part of an assessment, until when, and how far that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apps.checklist.rules.frameworks import Framework
from apps.checklist.rules.status import OPEN, REFUSED, UNKNOWN
from apps.checklist.rules.views import AssessmentView, QuestionView

DUE_WITHIN = timedelta(days=3_650)  # a day further ahead is a slip of the keyboard
UNFINISHED = (OPEN, REFUSED)  # states of an assessment; in every other one it has been handed in, and all is done
IN_HAND, OVERDUE, DONE, ENDED, GONE = "in hand", "overdue", "done", "taken back", "no longer asked"
WORK_STATES: dict[str, str] = {
    IN_HAND: "In hand",
    OVERDUE: "Overdue",
    DONE: "Done",
    ENDED: "Taken back",
    GONE: "No longer asked",
}
MINE, LATE, DISCUSSED = "mine", "overdue", "discussed"
WORK_SHOWN: dict[str, str] = {
    MINE: "given to me",
    LATE: "with something overdue",
    DISCUSSED: "with an open discussion",
}
EVERYTHING = "The whole assessment"


@dataclass(frozen=True)
class AssignmentView:
    """One part of an assessment in somebody's hands, as it stands on a day. `label` names the part in words.

    `answered` and `total` count its questions; both are 0 where the framework asks for none of it any more.
    """

    pk: int
    assessment: int
    team_id: int
    subject_label: str
    framework: str
    group: str
    question: str
    label: str
    page: str
    person: str
    person_id: int
    due_on: date | None
    note: str
    given_by: str
    given_by_id: int
    given_at: datetime
    ended_by: str
    ended_at: datetime | None
    ended_because: str
    state: str
    answered: int
    total: int

    @property
    def state_label(self) -> str:
        """Its state in words."""
        return WORK_STATES[self.state]

    @property
    def covers(self) -> str:
        """How it is told beside one of its questions."""
        if self.question:
            return "Given to"
        return f"“{self.label}” given to" if self.group else "The whole given to"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in (IN_HAND, OVERDUE)

    @property
    def is_overdue(self) -> bool:
        """Whether its day is over and it is not done."""
        return self.state == OVERDUE

    @property
    def is_standing(self) -> bool:
        """Whether nobody has taken it back."""
        return self.ended_at is None


def due_problem(due_on: date | None, on: date) -> str:
    """Why something cannot be due on this day; empty: it can. A day that is past would be overdue from the start."""
    if due_on is None:
        return ""
    if due_on < on:
        return "This day is past. Choose today or a later day, or none."
    return "This day is more than ten years ahead." if due_on - on > DUE_WITHIN else ""


def is_present(question: QuestionView) -> bool:
    """Whether the question has an answer, and nothing behind it has changed since."""
    return question.status != UNKNOWN and not question.is_stale


def ids_in_group(framework: Framework, group: str) -> frozenset[str]:
    """The ids of the questions of a group and of the groups within it; none where there is no such group."""
    groups = (section.group for section in framework.sections if section.group.id == group)
    return frozenset(one.id for found in groups for one in found.all_questions)


def part_of(view: AssessmentView, group: str, question: str) -> tuple[QuestionView, ...]:
    """The questions of a part: one, those of a group and of the groups within it, or all where both are empty."""
    if question:
        return tuple(one for one in view.questions if one.id == question)
    if not group:
        return tuple(view.questions)
    ids = {
        one.id
        for section in view.framework.sections
        if section.group.id == group
        for one in section.group.all_questions
    }
    return tuple(one for one in view.questions if one.id in ids)


def part_label(view: AssessmentView, group: str, question: str) -> str:
    """A part in words; its id where the framework does not ask for it any more."""
    if question:
        return next((one.question.text for one in view.questions if one.id == question), question)
    titles = (section.group.title for section in view.framework.sections if section.group.id == group)
    return next(titles, group) if group else EVERYTHING


def is_done(view: AssessmentView, group: str, question: str) -> bool:
    """Whether a part needs nobody's work: the assessment was handed in, or every question of the part is answered.

    The whole is done with the handing in, not before.
    """
    if view.state not in UNFINISHED:
        return True
    return bool(group or question) and all(is_present(one) for one in part_of(view, group, question))


def covering(view: AssessmentView, given: Iterable[AssignmentView], question: str) -> list[AssignmentView]:
    """What was given to somebody and holds this question: the question itself first, then groups, then the whole."""
    holding = [one for one in given if any(item.id == question for item in part_of(view, one.group, one.question))]
    return sorted(holding, key=lambda one: (not one.question, one.total))


def work_state(view: AssessmentView, group: str, question: str, *, ended: bool, due_on: date | None, on: date) -> str:
    """How a part that was given to somebody stands on a day."""
    if ended:
        return ENDED
    if not part_of(view, group, question):
        return GONE
    if is_done(view, group, question):
        return DONE
    return OVERDUE if due_on is not None and due_on < on else IN_HAND
