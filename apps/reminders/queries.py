"""What is due for a person, out of the floors below."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import team_ids_where
from apps.accounts.rules import secret_digest
from apps.checklist.models import Waiver
from apps.checklist.queries import assessments_waiting_for
from apps.checklist.queries.discussions import discussions_waiting_for, talk_page
from apps.checklist.queries.library import expiring_for
from apps.checklist.queries.staleness import AT_A_TIME, Stale, stale_among, watched_for
from apps.checklist.queries.work import waiting_for
from apps.incidents.models import CorrectiveAction, IncidentDuty
from apps.incidents.queries import clocks_running
from apps.incidents.rules import OPEN
from apps.reminders.models import ReminderChoice
from apps.reminders.rules import (
    ACTION,
    CLOCK,
    DECISION,
    DUTY,
    EVIDENCE,
    LISTED_AHEAD,
    PART,
    REVIEW,
    STALE,
    TALK,
    WAIVER,
    Due,
    end_of,
    in_order,
)
from apps.risks.models import Risk
from apps.risks.rules import CLOSED

MOST = 200  # of each kind


def dues_for(user: User, until: datetime | None = None, stale: list[Stale] | None = None) -> list[Due]:
    """Everything that is due for a person until then (a month from now), the most pressing first.

    A constant number of queries, each bounded. `stale` is what a sweep found of all teams; without it the newest
    assessments are looked at now.
    """
    parts, until = _parts(user), until or timezone.now() + LISTED_AHEAD
    dated = [due for due in [*_dated(user), *parts] if due.at is None or due.at <= until]
    return in_order([*dated, *_decisions(user), *_stale(user, stale), *_talks(user)])


def dated_soon(user: User, until: datetime | None = None) -> list[Due]:
    """What has a day and is due for a person until then (a month from now), the most pressing first."""
    until = until or timezone.now() + LISTED_AHEAD
    return [due for due in dated_for(user) if due.at is not None and due.at <= until]


def dated_for(user: User) -> list[Due]:
    """What has a day, however far ahead: for a calendar."""
    return in_order([*_dated(user), *(part for part in _parts(user) if part.at is not None)])


def _dated(user: User) -> list[Due]:
    return [*_clocks(user), *_duties(user), *_actions(user), *_reviews(user), *_waivers(user), *_evidence(user)]


def _clocks(user: User) -> list[Due]:
    rows = clocks_running(user).filter(team_id__in=team_ids_where(user, "incident.manage"))[:MOST]
    return [
        Due(CLOCK, row.pk, row.title, reverse("incidents:incident-detail", args=[row.pk]), row.team.name, row.due_at)
        for row in rows
    ]


def _duties(user: User) -> list[Due]:
    teams = team_ids_where(user, "incident.manage")
    rows = IncidentDuty.objects.filter(incident__team_id__in=teams, incident__state=OPEN, done_at=None)
    return [
        Due(
            DUTY,
            row.pk,
            f"{row.title}: {row.incident.title}",
            reverse("incidents:incident-detail", args=[row.incident_id]),
            row.incident.team.name,
            row.due_at,
        )
        for row in rows.select_related("incident__team")[:MOST]
    ]


def _actions(user: User) -> list[Due]:
    teams = team_ids_where(user, "team.view")
    rows = CorrectiveAction.objects.filter(owner=user, done_at=None, due_on__isnull=False, incident__team_id__in=teams)
    return [
        Due(
            ACTION,
            row.pk,
            row.title,
            reverse("incidents:incident-detail", args=[row.incident_id]),
            row.incident.team.name,
            end_of(row.due_on),
        )
        for row in rows.select_related("incident__team")[:MOST]
        if row.due_on is not None
    ]


def _reviews(user: User) -> list[Due]:
    seen, decided = team_ids_where(user, "team.view"), team_ids_where(user, "risk.decide")
    mine = Q(owner=user, team_id__in=seen) | Q(team_id__in=decided)
    rows = Risk.objects.filter(mine, review_on__isnull=False).exclude(state=CLOSED).select_related("team")
    return [
        Due(
            REVIEW, row.pk, row.title, reverse("risks:risk-detail", args=[row.pk]), row.team.name, end_of(row.review_on)
        )
        for row in rows[:MOST]
        if row.review_on is not None
    ]


def _waivers(user: User) -> list[Due]:
    teams = {*team_ids_where(user, "waiver.grant"), *team_ids_where(user, "assessment.answer")}
    rows = Waiver.objects.filter(team_id__in=teams, revoked_at=None, expires_on__gte=timezone.localdate())
    return [
        Due(
            WAIVER,
            row.pk,
            row.sentence[:200],
            reverse("checklist:assessment-detail", args=[row.assessment_id]),
            row.team.name,
            end_of(row.expires_on),
        )
        for row in rows.select_related("team").order_by("expires_on", "pk")[:MOST]
    ]


def _parts(user: User) -> list[Due]:
    """Parts of assessments in the person's own hands, with a day or without one."""
    rows = waiting_for(user)
    teams = dict(Team.objects.filter(pk__in={row.team_id for row in rows}).values_list("pk", "name"))
    return [
        Due(
            PART,
            row.pk,
            f"{row.subject_label}: {row.label}",
            row.page,
            teams[row.team_id],
            end_of(row.due_on) if row.due_on is not None else None,
        )
        for row in rows
    ]


def _talks(user: User) -> list[Due]:
    """Discussions in which somebody wrote after the person did; the number is that of the newest remark, so that
    each further one is told again. No word of them is repeated here.
    """
    rows: Any = discussions_waiting_for(user)[:MOST]
    return [
        Due(TALK, row.newest, f"{row.assessment.subject}: {row.question or 'the whole'}", talk_page(row), row.team.name)
        for row in rows
    ]


def _evidence(user: User) -> list[Due]:
    return [
        Due(
            EVIDENCE,
            row.pk,
            str(row),
            reverse("checklist:library-detail", args=[row.document_id]),
            row.document.team.name,
            end_of(row.expires_on),
        )
        for row in expiring_for(user)[:MOST]
        if row.expires_on is not None
    ]


def _decisions(user: User) -> list[Due]:
    return [
        Due(DECISION, row.pk, str(row), reverse("checklist:assessment-detail", args=[row.pk]), row.team.name)
        for row in assessments_waiting_for(user)[:MOST]
    ]


def _stale(user: User, swept: list[Stale] | None) -> list[Due]:
    """What no longer holds among the newest, with a line that tells how many were not looked at; of a sweep, all."""
    rows = watched_for(user)
    if swept is not None:
        own = set(rows.values_list("pk", flat=True)) if swept else set()
        return [_stale_due(one) for one in swept if one.pk in own]
    pks = list(rows.values_list("pk", flat=True))
    left, page = len(pks) - AT_A_TIME, reverse("checklist:assessment-list")
    found = [_stale_due(one) for one in stale_among(pks[:AT_A_TIME])]
    return [*found, Due(STALE, 0, f"{left} older assessments were not looked at here", page, "")] if left > 0 else found


def _stale_due(one: Stale) -> Due:
    return Due(STALE, one.pk, one.label, one.page, one.team, changes=one.changes)


def choice_of(user: User) -> ReminderChoice:
    """How a person is reminded; as everybody is, where they have said nothing."""
    return ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user)


def person_of_calendar(secret: str) -> User | None:
    """Whose calendar an address is; None where it is nobody's, was taken back, or its person may not sign in."""
    choice = ReminderChoice.objects.filter(calendar_digest=secret_digest(secret)).select_related("user").first()
    return choice.user if choice is not None and choice.user.has_access else None


def people_to_remind() -> list[User]:
    """Everybody who holds a role somewhere, may sign in, and has not said that they want no mail."""
    people = User.objects.filter(is_active=True).exclude(reminder_choice__by_mail=False).exclude(email="")
    return [person for person in people.order_by("pk") if team_ids_where(person, "team.view")]
