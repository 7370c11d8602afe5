"""Reading incidents, and who may see which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.apps import apps
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.core.formatting import exact_utc
from apps.incidents.models import CorrectiveAction, Incident, IncidentDuty, IncidentHold, IncidentReport
from apps.incidents.rules import HOLDABLE, OPEN, PAGES, REPORTABLE
from apps.incidents.rules.clocks import Hand, hand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

T = TypeVar("T")
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


def subject_page(named: Incident | IncidentHold | CorrectiveAction) -> str:
    """The address of the object that this names; empty where it names none, or one that has no page."""
    name = PAGES.get(named.subject_type)
    if name is None or not named.subject_id.isdecimal():
        return ""
    try:
        return reverse(name, args=[named.subject_id])
    except NoReverseMatch:
        return ""


def subject_of(incident: Incident, table: str, pk: int) -> Model:
    """An object of the incident's team that may be kept as evidence or carry a cure. Raises NotFound for any other."""
    model = apps.get_model(table) if table in HOLDABLE else None
    found: Model | None = None
    if model is not None:
        found = model._default_manager.filter(pk=pk, team_id=incident.team_id).first()
    if found is None:
        raise NotFound("There is no such object of this team that could be named here.")
    return found


def subject_seen(user: "User | AnonymousUser", table: str, pk: int) -> Model:
    """An object of the person's teams that an incident may be about. Raises NotFound for any other."""
    model = apps.get_model(table) if table in REPORTABLE else None
    found: Model | None = None
    if model is not None:
        found = model._default_manager.filter(pk=pk, team_id__in=team_ids_seen_by(user)).first()
    if found is None:
        raise NotFound("There is no such object that an incident could be about.")
    return found


def subjects_of(incident: Incident, most: int = 40) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be named on the page: the newest objects of the team by kind, each as table and number, and words."""
    found = []
    for table, (label, related) in HOLDABLE.items():
        rows = apps.get_model(table)._default_manager.filter(team_id=incident.team_id).select_related(*related)
        rows = rows.order_by("-pk")[:most]
        if named := [(f"{table}:{row.pk}", str(row)) for row in rows]:
            found.append((label, named))
    return found


def reports_of(incident: Incident) -> list[IncidentReport]:
    """The reports, the oldest first."""
    return list(incident.reports.select_related("written_by", "sent_by"))


def report_seen(incident: Incident, pk: int) -> IncidentReport:
    """One report of an incident that the person sees. Raises NotFound."""
    rows = incident.reports.select_related("incident__team", "written_by", "sent_by")
    return _or_missing(rows.filter(pk=pk).first())


def hold_seen(incident: Incident, pk: int) -> IncidentHold:
    """One hold of an incident that the person sees. Raises NotFound."""
    return _or_missing(incident.holds.select_related("incident__team").filter(pk=pk).first())


def duty_seen(incident: Incident, pk: int) -> IncidentDuty:
    """One duty of an incident that the person sees. Raises NotFound."""
    return _or_missing(incident.duties.select_related("incident__team").filter(pk=pk).first())


def action_seen(incident: Incident, pk: int) -> CorrectiveAction:
    """One corrective action of an incident that the person sees. Raises NotFound."""
    return _or_missing(incident.actions.select_related("incident__team").filter(pk=pk).first())


def _or_missing(found: T | None) -> T:
    if found is None:
        raise NotFound(MISSING)
    return found


def hold_on(subject: Model) -> IncidentHold | None:
    """The hold in force on an object, where there is one."""
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    return IncidentHold.objects.filter(released_at=None, **about).select_related("incident").first()


def is_held(model: type[Model]) -> Exists:
    """For a query over rows of `model`: whether each is kept as evidence."""
    number = Cast(OuterRef("pk"), CharField(max_length=40))
    about = {"subject_type": model._meta.label_lower, "subject_id": number}
    return Exists(IncidentHold.objects.filter(released_at=None, **about))


@dataclass(frozen=True)
class ClockView:
    """Every clock of an incident as it stands at a moment: that of the report, and those of the parallel duties."""

    report: Hand | None
    duties: list[tuple[IncidentDuty, Hand]]

    @property
    def is_any_late(self) -> bool:
        """Whether somebody should have been told by now."""
        return any(one.state == "late" for one in [self.report, *(each for _, each in self.duties)] if one)


def clocks_of(incident: Incident, now: datetime | None = None) -> ClockView:
    """The clocks of one incident."""
    now = now or timezone.now()
    first = incident.reports.filter(sent_at__isnull=False).order_by("sent_at").values_list("sent_at", flat=True).first()
    report = hand(incident.aware_at, incident.due_at, first, now) if incident.due_at else None
    duties = list(incident.duties.select_related("done_by"))
    return ClockView(report, [(one, hand(incident.aware_at, one.due_at, one.done_at, now)) for one in duties])


def clocks_running(user: "User | AnonymousUser") -> QuerySet[Incident]:
    """Open incidents whose first report is due and was not sent, the most pressing first."""
    rows = incidents_seen_by(user).filter(state=OPEN, due_at__isnull=False).annotate(first_sent=_first_sent())
    return rows.filter(first_sent=None).order_by("due_at", "pk")


def _first_sent() -> Subquery:
    """When the first report on an incident went out."""
    sent = IncidentReport.objects.filter(incident=OuterRef("pk"), sent_at__isnull=False).order_by("sent_at")
    return Subquery(sent.values("sent_at")[:1])


def incidents_about(subjects: Q) -> QuerySet[Incident]:
    """Every incident about these things, the newest first, with `first_sent`, when the first report went out, and
    `next_duty`, until when others have to be told. `subjects` speak of `subject_type` and `subject_id`; the caller has
    seen to it that they may be seen.
    """
    duty = IncidentDuty.objects.filter(incident=OuterRef("pk"), done_at=None).order_by("due_at").values("due_at")
    rows = Incident.objects.filter(subjects).defer("description", "details", "resolution")
    return rows.annotate(first_sent=_first_sent(), next_duty=Subquery(duty[:1])).order_by("-opened_at", "-pk")


def known_sections(incident: Incident) -> dict[str, str]:
    """What the portal knows already of the parts of a report; people put the rest into words."""
    overview = [f"Known since {exact_utc(incident.aware_at)}. {incident.title}", incident.description]
    held = [f"Kept as it is: {hold.subject_label}." for hold in incident.holds.filter(released_at=None)]
    planned = [f"{one.title} ({one.owner})." for one in incident.actions.select_related("owner")]
    told = [f"{one.title}: {one.note}" for one in incident.duties.filter(done_at__isnull=False)]
    known = {
        "system": incident.subject_label,
        "overview": "\n\n".join(part for part in overview if part),
        "measures": "\n".join(held),
        "investigation": "\n".join(planned),
        "notifications": "\n".join(told),
    }
    return {name: words for name, words in known.items() if words}
