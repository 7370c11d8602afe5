"""Who was given which part of which assessment, and how far that is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import may, members_of, team_ids_seen_by
from apps.accounts.rules import allows
from apps.checklist.models import Assessment, Assignment, Discussion
from apps.checklist.queries.assessments import MISSING, with_names
from apps.checklist.queries.discussions import discussions_of, discussions_seen_by
from apps.checklist.queries.reading import place_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules import AssessmentView, Section
from apps.checklist.rules.work import (
    DISCUSSED,
    LATE,
    MINE,
    UNFINISHED,
    AssignmentView,
    is_present,
    part_label,
    part_of,
    work_state,
)
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST = 200  # parts in hand that are looked at for one person or one list, the soonest due first


def assignments_seen_by(user: "User | AnonymousUser") -> QuerySet[Assignment]:
    """Everything that was given to somebody in the person's teams, newest first. Whom a single model was shared with
    sees its assessment, and not who does what.
    """
    rows = Assignment.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("person", "given_by", "ended_by")


def assignment_seen(user: "User | AnonymousUser", pk: int, assessment: Assessment) -> Assignment:
    """One part of this assessment in somebody's hands. Raises NotFound when it is not there or not to be seen."""
    found = assignments_seen_by(user).filter(pk=pk, assessment=assessment).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def assignments_of(user: "User | AnonymousUser", view: AssessmentView, on: date | None = None) -> list[AssignmentView]:
    """What was given to whom of this assessment, newest first; one query."""
    return [
        _as_view(row, view, on or timezone.localdate()) for row in assignments_seen_by(user).filter(assessment=view.pk)
    ]


def assignment_views(rows: Iterable[Assignment], on: date | None = None) -> list[AssignmentView]:
    """How these stand on a day (today), in their order. The number of queries does not depend on how many they are."""
    rows = list(rows)
    views = _views({row.assessment_id for row in rows})
    return [_as_view(row, views[row.assessment_id], on or timezone.localdate()) for row in rows]


def _views(assessments: Iterable[int]) -> dict[int, AssessmentView]:
    wanted = set(assessments)
    return views_of(list(with_names(Assessment.objects.filter(pk__in=wanted)))) if wanted else {}


def _in_hand(user: "User | AnonymousUser") -> QuerySet[Assignment]:
    rows = assignments_seen_by(user).filter(ended_at__isnull=True, assessment__state__in=UNFINISHED)
    return rows.order_by("due_on", "pk")


def waiting_for(user: User, on: date | None = None) -> list[AssignmentView]:
    """What is in the person's own hands and not done, what is due first comes first; constant queries."""
    rows = _in_hand(user).filter(person=user)[:MOST]
    return [one for one in assignment_views(rows, on) if one.is_waiting]


def overdue_seen_by(user: "User | AnonymousUser", on: date | None = None) -> list[AssignmentView]:
    """What is overdue in anybody's hands in the person's teams, the oldest first; constant queries."""
    on = on or timezone.localdate()
    return [one for one in assignment_views(_in_hand(user).filter(due_on__lt=on)[:MOST], on) if one.is_overdue]


def waiting_in(user: User, views: Sequence[AssessmentView], on: date | None = None) -> dict[int, list[AssignmentView]]:
    """What is in the person's own hands and not done in each of these assessments; one query."""
    by_pk = {view.pk: view for view in views}
    found: dict[int, list[AssignmentView]] = {pk: [] for pk in by_pk}
    for row in _in_hand(user).filter(person=user, assessment__in=by_pk):
        one = _as_view(row, by_pk[row.assessment_id], on or timezone.localdate())
        if one.is_waiting:
            found[one.assessment].append(one)
    return found


def may_end(user: User, one: Assignment | AssignmentView, team: int) -> bool:
    """Whether the person may take this out of somebody's hands: who gives work to others may, and whoever gave it to
    themselves.
    """
    return one.person_id == one.given_by_id == user.pk or may(user, "assignment.give", team)


def people_who_answer(team: Team) -> list[User]:
    """Who may be given a part of an assessment of this team: its people who may answer there, by name."""
    people = members_of(team)
    return [one.person for one in people if one.person.has_access and allows(one.roles, "assessment.answer")]


def _as_view(row: Assignment, view: AssessmentView, on: date) -> AssignmentView:
    part = part_of(view, row.group, row.question)
    return AssignmentView(
        pk=row.pk,
        assessment=row.assessment_id,
        team_id=row.team_id,
        subject_label=view.subject_label,
        framework=view.framework.title,
        group=row.group,
        question=row.question,
        label=part_label(view, row.group, row.question),
        page=part_page(view, row.group, row.question),
        person=str(row.person),
        person_id=row.person_id,
        due_on=row.due_on,
        note=row.note,
        given_by=str(row.given_by),
        given_by_id=row.given_by_id,
        given_at=row.given_at,
        ended_by=str(row.ended_by or ""),
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        state=work_state(view, row.group, row.question, ended=row.ended_at is not None, due_on=row.due_on, on=on),
        answered=sum(is_present(one) for one in part),
        total=len(part),
    )


def part_page(view: AssessmentView, group: str, question: str) -> str:
    """The address where a part is answered."""
    part = part_of(view, group, question)
    if part and (group or question):
        return place_of(view.pk, view.framework, part[0].id)
    return reverse("checklist:assessment-detail", args=[view.pk])


@dataclass(frozen=True)
class Work:
    """Who does what of one assessment, and what is being said about it."""

    assignments: list[AssignmentView]
    talks: dict[str, Discussion]

    def of(self, group: str = "", question: str = "") -> AssignmentView | None:
        """Who has exactly this part; None where nobody has."""
        return self._by_part.get((group, question))

    def over(self, section: Section) -> list[AssignmentView]:
        """Who has this group, or one that it stands in; the outermost first."""
        found = (self.of(group=group.id) for group in section.path)
        return [one for one in found if one is not None]

    @cached_property
    def _by_part(self) -> dict[tuple[str, str], AssignmentView]:
        return {(one.group, one.question): one for one in self.standing}

    @cached_property
    def standing(self) -> list[AssignmentView]:
        """What nobody has taken back, done or not."""
        return [one for one in self.assignments if one.is_standing]

    @property
    def ended(self) -> list[AssignmentView]:
        """What was taken back."""
        return [one for one in self.assignments if not one.is_standing]

    @property
    def waiting(self) -> int:
        """How many parts are in somebody's hands and not done."""
        return sum(one.is_waiting for one in self.assignments)

    @property
    def overdue(self) -> int:
        """How many of them are overdue."""
        return sum(one.is_overdue for one in self.assignments)

    @property
    def overdue_words(self) -> str:
        """That in words."""
        return f"{self.overdue} overdue"

    @property
    def open_talks(self) -> list[Discussion]:
        """The discussions that nobody has settled."""
        return [one for one in self.talks.values() if one.is_open]


def work_of(user: "User | AnonymousUser", view: AssessmentView) -> Work:
    """Who does what of an assessment, and what is being said about it; two queries."""
    return Work(assignments_of(user, view), discussions_of(user, view.pk))


def with_work(user: User, rows: QuerySet[Assessment], wanted: str) -> QuerySet[Assessment]:
    """Those of `rows` on which the person has something to do, something is overdue or something is being discussed;
    all of them where `wanted` is none of these. Constant queries.
    """
    if wanted == MINE:
        return rows.filter(pk__in={one.assessment for one in waiting_for(user)})
    if wanted == LATE:
        return rows.filter(pk__in={one.assessment for one in overdue_seen_by(user)})
    if wanted == DISCUSSED:
        return rows.filter(pk__in=discussions_seen_by(user).filter(settled_at=None).values("assessment"))
    return rows
