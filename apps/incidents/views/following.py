"""What follows from an incident: its clock, holds, duties and corrective actions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.queries import person
from apps.core.form_fields import attempt
from apps.incidents import services
from apps.incidents.forms import ActionForm, ClassifyForm, DutyDoneForm, DutyForm, HoldForm
from apps.incidents.models import CorrectiveAction, Incident, IncidentHold
from apps.incidents.queries import action_seen, duty_seen, hold_seen, incident_seen, subject_of
from apps.incidents.views.incidents import incident_page


@require_POST
def incident_classify_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which report to an authority is due."""
    incident = incident_seen(person(request), pk)
    form = ClassifyForm(incident, request.POST)
    if attempt(form, services.incident_classify, by=person(request), incident=incident) is None:
        return incident_page(request, incident, 422, classify=form)
    messages.success(request, "The clock is set.")
    return redirect("incidents:incident-detail", pk)


def _named(incident: Incident, chosen: tuple[str, int] | None) -> Any:
    return subject_of(incident, *chosen) if chosen else None


def _placed(*, subject: tuple[str, int], incident: Incident, **given: Any) -> IncidentHold:
    return services.hold_place(incident=incident, subject=_named(incident, subject), **given)


def _added(*, subject: tuple[str, int] | None, incident: Incident, **given: Any) -> CorrectiveAction:
    return services.action_add(incident=incident, subject=_named(incident, subject), **given)


@require_POST
def hold_place_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep something as it is."""
    incident = incident_seen(person(request), pk)
    form = HoldForm(incident, request.POST)
    placed = attempt(form, _placed, by=person(request), incident=incident)
    if placed is None:
        return incident_page(request, incident, 422, hold=form)
    messages.success(request, f"“{placed.subject_label}” is kept as it is.")
    return redirect("incidents:incident-detail", pk)


@require_POST
def hold_release_view(request: HttpRequest, pk: int, hold: int) -> HttpResponse:
    """Let something be changed again."""
    found = hold_seen(incident_seen(person(request), pk), hold)
    services.hold_release(by=person(request), hold=found, reason=request.POST.get("reason", ""))
    messages.success(request, f"“{found.subject_label}” may be changed again.")
    return redirect("incidents:incident-detail", pk)


@require_POST
def duty_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on record that others have to be told."""
    incident = incident_seen(person(request), pk)
    form = DutyForm(request.POST)
    if attempt(form, services.duty_add, by=person(request), incident=incident) is None:
        return incident_page(request, incident, 422, duty=form)
    messages.success(request, "The duty is on record, and its clock runs.")
    return redirect("incidents:incident-detail", pk)


@require_POST
def duty_done_view(request: HttpRequest, pk: int, duty: int) -> HttpResponse:
    """Say that they were told."""
    incident = incident_seen(person(request), pk)
    found = duty_seen(incident, duty)
    form = DutyDoneForm(request.POST, auto_id=f"told-{duty}-%s")
    if attempt(form, services.duty_done, by=person(request), duty=found) is None:
        return incident_page(request, incident, 422, **{f"told-{duty}": form})
    messages.success(request, "It is on record that they were told.")
    return redirect("incidents:incident-detail", pk)


@require_POST
def action_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is done so that it does not happen again."""
    incident = incident_seen(person(request), pk)
    form = ActionForm(incident, request.POST)
    added = attempt(form, _added, by=person(request), incident=incident)
    if added is None:
        return incident_page(request, incident, 422, action=form)
    messages.success(request, "The action is on record.")
    return redirect("incidents:incident-detail", pk)


@require_POST
def action_done_view(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """Say that it is done."""
    found = action_seen(incident_seen(person(request), pk), action)
    services.action_done(by=person(request), action=found, outcome=request.POST.get("reason", ""))
    messages.success(request, "The action is done.")
    return redirect("incidents:incident-detail", pk)
