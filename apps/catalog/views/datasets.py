"""The pages of data: datasets, their versions, what is declared about them and what scans found."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.forms import DatasetFilterForm, DatasetForm, DescribeForm
from apps.catalog.models import DatasetVersion
from apps.catalog.views.heads import TABS, version_head
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv

SORTS = {"name": "name", "created": "created_at", "versions": "version_count"}
LISTED = 20  # branches, tags and open uploads beside the table of versions
VERSION_SORTS = {"number": "number", "rows": "rows", "size": "size", "created": "created_at"}


@require_GET
def dataset_list(request: HttpRequest) -> HttpResponseBase:
    """Every dataset that the person sees."""
    user = person(request)
    form = DatasetFilterForm(user, request.GET)
    rows = ordered(request, queries.datasets_listed_for(user), SORTS)
    if form.is_valid():
        rows = rows.filter(name__icontains=form.cleaned_data["name"]) if form.cleaned_data["name"] else rows
        rows = rows.filter(purpose=form.cleaned_data["purpose"]) if form.cleaned_data["purpose"] else rows
        rows = rows.filter(team=form.cleaned_data["team"]) if form.cleaned_data["team"] else rows
    if wants_csv(request):
        head = ("id", "name", "team", "purpose", "versions", "latest", "description", "created")
        return csv_answer("datasets", head, (_dataset_line(row) for row in rows.iterator(500)))
    page = rows_page(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": queries.with_newest(page.object_list),
        "may_create": may_anywhere(user, "dataset.create"),
    }
    return render(request, "catalog/dataset_list.html", context)


def _dataset_line(row: Any) -> tuple[Any, ...]:
    told = (row.pk, row.name, row.team.name, row.purpose, row.version_count, row.latest_number)
    return (*told, row.description, row.created_at)


@require_http_methods(["GET", "POST"])
def dataset_create_view(request: HttpRequest) -> HttpResponse:
    """Make a dataset; its first version is uploaded next."""
    user = person(request)
    if not may_anywhere(user, "dataset.create"):
        raise Refused("Your roles do not include making datasets.", remedy="Ask an administrator of your team.")
    form = DatasetForm(user, posted(request))
    dataset = attempt(form, services.dataset_create, by=user)
    if dataset is not None:
        messages.success(request, f"“{dataset.name}” is there. Upload its first version.")
        return redirect("catalog:version-upload", dataset.pk)
    return render(request, "catalog/dataset_form.html", {"form": form}, status=status_of(form))


@require_GET
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One dataset: how its versions came about, its branches and tags, and what may be done with them."""
    user = person(request)
    dataset = queries.dataset_seen(user, pk)
    page = queries.dataset_page(user, dataset, request.GET.get("branch", ""))
    rows = ordered(request, page.versions, VERSION_SORTS)
    if wants_csv(request):
        head = ("id", "version", "branch", "message", "rows", "bytes", "licence", "sha256", "commit", "by", "created")
        return csv_answer("dataset-versions", head, (_version_line(row) for row in rows.iterator(500)))
    listed = rows_page(request, rows.defer("statistics"))
    versions = list(listed.object_list)
    glances = queries.glances_of(versions)
    uploads = rows_page(request, page.uploads, LISTED, "uploads")
    context = {
        "branches": rows_page(request, page.branches, LISTED, "branches"),
        "tags": rows_page(request, page.tags, LISTED, "tags"),
        "waiting": uploads,
        "uploads": [queries.arrived(upload) for upload in uploads.object_list],
        "dataset": dataset,
        "page": listed,
        "side": page,
        "rows": [glances[version.pk] for version in versions],
        "may_upload": may(user, "dataset.upload", dataset.team_id),
        "may_branch": may(user, "dataset.branch", dataset.team_id),
        "may_describe": may(user, "dataset.describe", dataset.team_id),
    }
    return render(request, "catalog/dataset_detail.html", context)


def _version_line(row: DatasetVersion) -> tuple[Any, ...]:
    told = (row.pk, row.number, row.branch, row.message, row.rows, row.size, row.licence)
    return (*told, row.digest, row.commit_digest, row.created_by.name, row.created_at)


@require_GET
def version_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One dataset version, a tab at a time: what it is, what is declared, what was found, what changed, who uses it."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS and tab != "rows" else "overview"
    head = version_head(user, version, tab)
    context = head | {
        "tab_template": f"catalog/_version_{tab}.html",
        "may_scan": not head["is_being_scanned"] and may(user, "scan.start", version.team_id),
        "may_describe": may(user, "dataset.describe", version.team_id),
        "may_branch": may(user, "dataset.branch", version.team_id),
        "may_report": may(user, "incident.open", version.team_id),
        "may_read_raw": may(user, "dataset.read_raw", version.team_id),
        "may_tune": may_anywhere(user, "tuning.start"),
        "may_edit_sources": may(user, "source.edit", version.team_id),
    }
    return render(request, "catalog/version_detail.html", context)


@require_http_methods(["GET", "POST"])
def version_describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is declared about a version."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    require(user, "dataset.describe", version.team_id, shared=version.dataset)
    form = DescribeForm.of(version, posted(request), request.FILES or None)
    if attempt(form, services.dataset_version_describe, by=user, version=version) is not None:
        messages.success(request, "The description is saved.")
        return redirect("catalog:version-detail", version.pk)
    return render(request, "catalog/version_describe.html", {"form": form, "version": version}, status=status_of(form))
