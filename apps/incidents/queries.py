"""Reading incidents, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.incidents.models import Incident
from apps.incidents.rules import OPEN, PAGES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MISSING = "There is no such incident, or you may not see it."


def incidents_seen_by(user: "User | AnonymousUser") -> QuerySet[Incident]:
    """Incidents of the person's teams, newest first."""
    rows = Incident.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "opened_by", "closed_by")


def incident_seen(user: "User | AnonymousUser", pk: int) -> Incident:
    """One incident. Raises NotFound when it is not there or not to be seen."""
    found = incidents_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def open_incidents_of(subject: Model) -> QuerySet[Incident]:
    """What is open about one object. The caller has seen to it that the object may be seen."""
    return Incident.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk), state=OPEN)


def open_incident_count(user: "User | AnonymousUser") -> int:
    """How many incidents of the person's teams are open."""
    return Incident.objects.filter(team_id__in=team_ids_seen_by(user), state=OPEN).count()


def subject_page(incident: Incident) -> str:
    """The address of what the incident is about; empty where it is about no object that has a page."""
    name = PAGES.get(incident.subject_type)
    if name is None or not incident.subject_id.isdecimal():
        return ""
    try:
        return reverse(name, args=[incident.subject_id])
    except NoReverseMatch:
        return ""
