"""The list of incidents, putting one on record, its page, and closing it."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import may, may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import LONGEST_KEY, attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.incidents import services
from apps.incidents.forms import (
    ActionForm,
    ClassifyForm,
    DutyDoneForm,
    DutyForm,
    HoldForm,
    IncidentFilterForm,
    IncidentForm,
    ReportStartForm,
)
from apps.incidents.models import Incident
from apps.incidents.queries import clocks_of, incident_seen, incidents_seen_by, reports_of, subject_page, subject_seen
from apps.incidents.rules import OPEN
from apps.incidents.rules.clocks import book

CSV = (
    *("id", "title", "kind", "severity", "state", "team", "about"),
    *("opened", "known since", "report due", "closed"),
)
SORTS = {"opened": "opened_at", "title": "title", "due": "due_at"}


@require_GET
def incident_list(request: HttpRequest) -> HttpResponseBase:
    """Every incident that the person sees."""
    user = person(request)
    form = IncidentFilterForm(user, request.GET)
    rows = ordered(request, incidents_seen_by(user), SORTS)
    if form.is_valid():
        chosen = form.cleaned_data
        rows = rows.filter(title__icontains=chosen["title"]) if chosen["title"] else rows
        rows = rows.filter(**{name: chosen[name] for name in ("state", "severity", "team") if chosen[name]})
    if wants_csv(request):
        return csv_answer("incidents", CSV, (_line(row) for row in rows.iterator(500)))
    context = {"form": form, "page": rows_page(request, rows), "may_open": may_anywhere(user, "incident.open")}
    return render(request, "incidents/incident_list.html", context)


def _line(row: Incident) -> tuple[Any, ...]:
    told = (row.pk, row.title, row.kind, row.severity, row.state, row.team.name, row.subject_label)
    return (*told, row.opened_at, row.aware_at, row.due_at, row.closed_at)


@require_http_methods(["GET", "POST"])
def incident_open_view(request: HttpRequest) -> HttpResponse:
    """Put an incident on record."""
    user = person(request)
    if not may_anywhere(user, "incident.open"):
        raise Refused("Your roles do not include reporting incidents.", remedy="Ask an engineer of your team.")
    about = _about(user, request.GET.get("about", ""))
    form = IncidentForm(user, posted(request), about, request.GET.dict())
    incident = attempt(form, _opened, by=user)
    if incident is not None:
        messages.success(request, "The incident is on record.")
        return redirect("incidents:incident-detail", incident.pk)
    return render(request, "incidents/incident_form.html", {"form": form, "about": about}, status=status_of(form))


def _about(user: User, named: str) -> Model | None:
    """The object that the address names; None where it names none."""
    table, _, pk = named.partition(":")
    return subject_seen(user, table, int(pk)) if pk.isdecimal() and len(pk) <= LONGEST_KEY else None


def _opened(*, by: User, about: tuple[str, int] | None, **given: Any) -> Incident:
    subject = subject_seen(by, *about) if about else None
    return services.incident_open(by=by, subject=subject, **given)


@require_GET
def incident_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident: its clocks, what it is about, what was found, and how it ended."""
    return incident_page(request, incident_seen(person(request), pk))


def incident_page(request: HttpRequest, incident: Incident, status: int = 200, **forms: Form) -> HttpResponse:
    """The page of an incident. `forms` are those that were refused: they keep what was entered."""
    user, is_open = person(request), incident.state == OPEN
    may_manage = is_open and may(user, "incident.manage", incident.team_id)
    may_add = is_open and may(user, "incident.open", incident.team_id)
    clocks = clocks_of(incident)
    context = {
        "incident": incident,
        "clocks": clocks,
        "duties": [
            (one, hand, forms.get(f"told-{one.pk}", DutyDoneForm(auto_id=f"told-{one.pk}-%s")))
            for one, hand in clocks.duties
        ],
        "clock": book().clocks.get(incident.clock),
        "subject_url": subject_page(incident),
        "reports": reports_of(incident),
        "holds": [(hold, subject_page(hold)) for hold in incident.holds.select_related("placed_by", "released_by")],
        "actions": [(one, subject_page(one)) for one in incident.actions.select_related("owner", "done_by")],
        "is_open": is_open,
        "may_close": is_open and may(user, "incident.close", incident.team_id),
        "may_manage": may_manage,
        "may_add": may_add,
        "classify": forms.get("classify", ClassifyForm(incident)) if may_manage else None,
        "hold": forms.get("hold", HoldForm(incident)) if may_manage else None,
        "duty": forms.get("duty", DutyForm()) if may_manage else None,
        "report": ReportStartForm() if may_manage else None,
        "action": forms.get("action", ActionForm(incident)) if may_add else None,
    }
    return render(request, "incidents/incident_detail.html", context, status=status)


@require_POST
def incident_close_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it ended."""
    incident = incident_seen(person(request), pk)
    services.incident_close(by=person(request), incident=incident, resolution=request.POST.get("reason", ""))
    messages.success(request, "The incident is closed.")
    return redirect("incidents:incident-detail", pk)
