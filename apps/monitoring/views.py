"""The pages of monitoring: measurements of drift, one of them with its charts, and starting one."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.models import User
from apps.accounts.queries import may, may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.incidents.queries import open_incidents_of
from apps.incidents.rules import DRIFT
from apps.monitoring import queries, services
from apps.monitoring.forms import ColumnsForm, DriftFilterForm, SubjectsForm
from apps.monitoring.models import DriftRun

SORTS = {"started": "created_at", "version": "version__model__name"}


@require_GET
def drift_list(request: HttpRequest) -> HttpResponseBase:
    """Every measurement of drift that the person sees."""
    user = person(request)
    form = DriftFilterForm(request.GET or None)
    rows = ordered(request, queries.drifts_listed_for(user), SORTS)
    if form.is_valid():
        rows = rows.filter(state=form.cleaned_data["state"]) if form.cleaned_data["state"] else rows
        name = form.cleaned_data["model"]
        rows = rows.filter(version__model__name__icontains=name) if name else rows
    if wants_csv(request):
        head = ("id", "version", "reference", "observed", "own traffic", "state", "alerts", "chunks", "started")
        return csv_answer("drift", head, (_line(row) for row in rows.iterator(200)))
    context = {"form": form, "page": rows_page(request, rows), "may_start": may_anywhere(user, "drift.start")}
    return render(request, "monitoring/drift_list.html", context)


def _line(row: Any) -> tuple[Any, ...]:
    told = (row.pk, row.version, row.reference, row.analysis, row.is_own_traffic)
    return (*told, row.state, row.alerts, row.chunks, row.created_at)


@require_GET
def drift_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One measurement: charts with thresholds, and every alert."""
    run = queries.drift_seen(person(request), pk)
    may_report = may(person(request), "incident.open", run.team_id)
    context = {
        "run": run,
        "result": run.result or {},
        "page": queries.drift_page(run),
        "incidents": open_incidents_of(run),
        "report_url": _report_url(run) if may_report else "",
    }
    return render(request, "monitoring/drift_detail.html", context)


def _report_url(run: DriftRun) -> str:
    """Where an incident about this measurement is reported, with what its alerts say already filled in."""
    told = queries.told_of(run)
    said = (
        {"kind": DRIFT, "title": told.title, "severity": told.severity, "description": told.description} if told else {}
    )
    named = {"about": f"{run._meta.label_lower}:{run.pk}"}
    return f"{reverse('incidents:incident-open')}?{urlencode(named | said)}"


@require_http_methods(["GET", "POST"])
def drift_start_view(request: HttpRequest) -> HttpResponse:
    """Start a measurement in two steps: choose the data (in the address), then say what the columns mean."""
    user = person(request)
    if not may_anywhere(user, "drift.start"):
        raise Refused("Your roles do not include measuring drift.", remedy="Ask an engineer of your team.")
    subjects = _subjects_form(user, request)
    if not subjects.is_bound or not subjects.is_valid():
        return render(request, "monitoring/drift_subjects.html", {"form": subjects}, status=status_of(subjects))
    chosen = subjects.cleaned_data
    form = ColumnsForm(chosen["reference"], posted(request))
    run = attempt(form, services.drift_start, by=user, **chosen)
    if run is not None:
        messages.success(request, "The measurement waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", "drift", run.pk)
    context = {"form": form, "subjects": chosen}
    return render(request, "monitoring/drift_columns.html", context, status=status_of(form))


def _subjects_form(user: User, request: HttpRequest) -> SubjectsForm:
    """The first step: bound once both tables are named in the address."""
    chosen = {name: key_named(request, name) for name in ("version", "reference", "analysis")}
    is_chosen = "reference" in request.GET and "analysis" in request.GET
    return SubjectsForm(user, request.GET if is_chosen else None, chosen=chosen)
