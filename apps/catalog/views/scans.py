"""The pages that start a scan, and a copy without what it found."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.forms.scans import RedactionForm, ScanForm
from apps.catalog.models import DatasetVersion
from apps.catalog.rules import EVALUATION, PROTECTED
from apps.catalog.rules.findings.shape import sentence
from apps.core.form_fields import attempt, posted, status_of


@require_http_methods(["GET", "POST"])
def scan_start_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what to look for. Without choices everything is looked for; the run's page shows how it goes on."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    require(user, "scan.start", version.team_id, shared=version.dataset)
    if request.method == "POST" and "checks" not in request.POST and "chosen" not in request.POST:
        return _started(request, services.scan_start(by=user, version=version).pk)
    scan = queries.latest_scans([version.pk]).get(version.pk)
    form = ScanForm(
        version,
        posted(request),
        against=_versions(version, EVALUATION),
        protected=_versions(version, PROTECTED),
        before=scan.config if scan else None,
    )
    run = attempt(form, services.scan_start, by=user, version=version)
    if run is not None:
        return _started(request, run.pk)
    return render(request, "catalog/scan_start.html", {"form": form, "version": version}, status=status_of(form))


def _versions(version: DatasetVersion, purpose: str) -> list[DatasetVersion]:
    pks = queries.versions_for(version, purpose)
    return list(DatasetVersion.objects.filter(pk__in=pks).select_related("dataset").order_by("dataset__name"))


def _started(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, "The scan waits for a worker. This page follows it; you may leave.")
    return redirect("portal:run-detail", "scan", pk)


@require_http_methods(["GET", "POST"])
def redaction_start_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose which findings a new version is to be without."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    require(user, "dataset.upload", version.team_id, shared=version.dataset)
    require(user, "dataset.read_raw", version.team_id)
    found = queries.redactable(version)
    form = RedactionForm(found.kinds, {name: sentence(name) for name in found.kinds}, posted(request))
    run = attempt(form, services.redaction_start, by=user, version=version)
    if run is not None:
        messages.success(request, "A worker makes the new version. This page follows it; you may leave.")
        return redirect("portal:run-detail", "commit", run.pk)
    context = {"form": form, "version": version, "found": found}
    return render(request, "catalog/redaction_start.html", context, status=status_of(form))
