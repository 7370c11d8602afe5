"""The pages of the quarantine, and what the version's page lets people start about the safety of its files."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import may, person
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.registry import queries, services
from apps.registry.forms.safety import HeldFilterForm
from apps.registry.models import HeldFile
from apps.registry.queries.safety import brought_by
from apps.registry.rules import REFUSED, RELEASED

SORTS = {"held": "created_at", "file": "path"}


@require_GET
def quarantine_list(request: HttpRequest) -> HttpResponseBase:
    """Every held file that the person sees; those that wait for a decision unless the address asks for others."""
    user = person(request)
    form = HeldFilterForm(user, request.GET)
    rows = ordered(request, queries.held_files_seen_by(user), SORTS)
    if form.is_valid():
        chosen = form.cleaned_data
        rows = rows.filter(path__icontains=chosen["path"]) if chosen["path"] else rows
        rows = rows.filter(**{name: chosen[name] for name in ("state", "severity", "team") if chosen[name]})
    if wants_csv(request):
        head = (
            "id",
            "file",
            "version",
            "team",
            "format",
            "worst finding",
            "state",
            "decided by",
            "at",
            "reason",
            "held",
        )
        return csv_answer("quarantine", head, (_line(row) for row in rows.iterator(500)))
    context = {"form": form, "page": rows_page(request, rows)}
    return render(request, "registry/quarantine_list.html", context)


def _line(row: HeldFile) -> tuple[Any, ...]:
    told = (row.pk, row.path, str(row.version), row.team.name, row.format, row.severity, row.state)
    return (*told, row.decided_by.name if row.decided_by else "", row.decided_at, row.reason, row.created_at)


@require_GET
def quarantine_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One held file: what was found in it, and the decision."""
    user = person(request)
    held = queries.held_file_seen(user, pk)
    is_own = user.pk in brought_by(held)
    may_decide = may(user, "version.release", held.team_id) and not is_own
    scan = queries.file_scans_seen_by(user).filter(version=held.version).first()
    context = {
        "held": held,
        "scan": scan,
        "is_own": is_own,
        "may_release": may_decide and held.state != RELEASED and not (scan and scan.is_open),
        "may_refuse": may_decide and held.state != REFUSED,
        "may_scan": may(user, "scan.start", held.team_id) and not (scan and scan.is_open),
    }
    return render(request, "registry/quarantine_detail.html", context)


@require_POST
def held_release_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a held file through."""
    held = queries.held_file_seen(person(request), pk)
    services.held_file_release(by=person(request), held=held, reason=request.POST.get("reason", ""))
    messages.success(request, f"{held.path} is released, in your name.")
    return redirect("registry:quarantine-detail", pk)


@require_POST
def held_refuse_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a held file out."""
    held = queries.held_file_seen(person(request), pk)
    services.held_file_refuse(by=person(request), held=held, reason=request.POST.get("reason", ""))
    messages.success(request, f"{held.path} stays out.")
    return redirect("registry:quarantine-detail", pk)


@require_POST
def version_scan_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more into the held files of a version."""
    run = services.file_scan_start(by=person(request), version=queries.version_seen(person(request), pk))
    messages.success(request, "The look into the files waits for a worker. This page follows it; you may leave.")
    return redirect("portal:run-detail", run.kind, run.pk)


@require_POST
def version_check_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a version's stored files against their digests now."""
    run = services.version_check_start(by=person(request), version=queries.version_seen(person(request), pk))
    messages.success(request, "The check waits for a worker. This page follows it; you may leave.")
    return redirect("portal:run-detail", run.kind, run.pk)


@require_POST
def version_sign_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a version signed."""
    run = services.version_sign_start(by=person(request), version=queries.version_seen(person(request), pk))
    messages.success(request, "The signing waits for a worker. This page follows it; you may leave.")
    return redirect("portal:run-detail", run.kind, run.pk)


@require_POST
def version_mend_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a version's files are right again."""
    version = queries.version_seen(person(request), pk)
    services.version_mend(by=person(request), version=version, reason=request.POST.get("reason", ""))
    messages.success(request, f"The files of {version} are right again, and its incident is closed.")
    return redirect("portal:version-tab", pk, "files")
