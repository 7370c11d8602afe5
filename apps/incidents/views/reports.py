"""Reports to authorities: begun, written in parts, and put on record as sent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.accounts.services import require
from apps.core.form_fields import attempt, posted, status_of
from apps.incidents import services
from apps.incidents.forms import ReportForm, ReportStartForm, SendForm
from apps.incidents.models import Incident, IncidentReport
from apps.incidents.queries import clocks_of, incident_seen, report_seen
from apps.incidents.rules.clocks import book


@require_POST
def report_start_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a report with what the portal knows, or with what the last one said."""
    incident = incident_seen(person(request), pk)
    form = ReportStartForm(request.POST)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    report = services.report_start(by=person(request), incident=incident, kind=kind)
    return redirect("incidents:report-detail", pk, report.pk)


@require_http_methods(["GET", "POST"])
def report_detail(request: HttpRequest, pk: int, report: int) -> HttpResponse:
    """One report: what it says, and writing it while it has not been sent."""
    user = person(request)
    incident = incident_seen(user, pk)
    found = report_seen(incident, report)
    form = ReportForm(found, posted(request))
    if request.method == "POST":
        require(user, "incident.manage", incident.team_id)
        revision = form.cleaned_data["expect_revision"] if form.is_valid() else None
        saved = attempt(
            form,
            lambda **_: services.report_save(by=user, report=found, sections=form.sections(), expect_revision=revision),
        )
        if saved is not None:
            messages.success(request, "What is written so far is kept.")
            return redirect("incidents:report-detail", pk, report)
    return _page(request, incident, found, form, SendForm(), status_of(form))


def _page(
    request: HttpRequest, incident: Incident, report: IncidentReport, form: ReportForm, send: SendForm, status: int
) -> HttpResponse:
    may_write = report.sent_at is None and may(person(request), "incident.manage", incident.team_id)
    context = {
        "incident": incident,
        "report": report,
        "form": form if may_write else None,
        "send": send,
        "sections": [(one, report.sections.get(one.id, "")) for one in book().sections],
        "clocks": clocks_of(incident),
    }
    return render(request, "incidents/report_detail.html", context, status=status)


@require_POST
def report_send_view(request: HttpRequest, pk: int, report: int) -> HttpResponse:
    """Put on record that the report went to the authority."""
    incident = incident_seen(person(request), pk)
    found = report_seen(incident, report)
    form = SendForm(request.POST)
    if attempt(form, services.report_send, by=person(request), report=found) is None:
        return _page(request, incident, found, ReportForm(found), form, 422)
    messages.success(request, "It is on record that the report was sent. Its words stay as they are.")
    return redirect("incidents:report-detail", pk, report)
