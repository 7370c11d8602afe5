"""The pages of incidents."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.incidents import services
from apps.incidents.forms import IncidentFilterForm, IncidentForm
from apps.incidents.models import Incident
from apps.incidents.queries import incident_seen, incidents_seen_by, subject_page
from apps.incidents.rules import OPEN

SORTS = {"opened": "opened_at", "title": "title"}


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
        head = ("id", "title", "kind", "severity", "state", "team", "about", "opened", "known since", "closed")
        return csv_answer("incidents", head, (_line(row) for row in rows.iterator(500)))
    context = {"form": form, "page": rows_page(request, rows), "may_open": may_anywhere(user, "incident.open")}
    return render(request, "incidents/incident_list.html", context)


def _line(row: Incident) -> tuple[Any, ...]:
    told = (row.pk, row.title, row.kind, row.severity, row.state, row.team.name, row.subject_label)
    return (*told, row.opened_at, row.aware_at, row.closed_at)


@require_http_methods(["GET", "POST"])
def incident_open_view(request: HttpRequest) -> HttpResponse:
    """Put an incident on record."""
    user = person(request)
    if not may_anywhere(user, "incident.open"):
        raise Refused("Your roles do not include reporting incidents.", remedy="Ask an engineer of your team.")
    form = IncidentForm(user, posted(request))
    incident = attempt(form, services.incident_open, by=user)
    if incident is not None:
        messages.success(request, "The incident is on record.")
        return redirect("incidents:incident-detail", incident.pk)
    return render(request, "incidents/incident_form.html", {"form": form}, status=status_of(form))


@require_GET
def incident_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident: what it is about, what was found, and how it ended."""
    incident = incident_seen(person(request), pk)
    context = {
        "incident": incident,
        "subject_url": subject_page(incident),
        "may_close": incident.state == OPEN and may(person(request), "incident.close", incident.team_id),
    }
    return render(request, "incidents/incident_detail.html", context)


@require_POST
def incident_close_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it ended."""
    incident = incident_seen(person(request), pk)
    services.incident_close(by=person(request), incident=incident, resolution=request.POST.get("reason", ""))
    messages.success(request, "The incident is closed.")
    return redirect("incidents:incident-detail", pk)
