"""The pages of snapshots: the list, taking one, one snapshot with what is made of it, and what differs between two."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import person
from apps.core import storage
from apps.core.form_fields import attempt, key_named
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.reports import services
from apps.reports.forms import SnapshotFilterForm, SnapshotForm
from apps.reports.queries.kinds import kinds_about
from apps.reports.queries.packs import titled
from apps.reports.queries.snapshots import comparison_of, in_order, snapshot_seen, snapshots_about, snapshots_listed_for
from apps.reports.queries.standing import subject_page
from apps.reports.queries.subjects import page_of_subject, subject_seen
from apps.reports.rules.comparing import KINDS
from apps.reports.rules.documents.spec import SUBJECTS

PAGE = 25
MOST = 50
CSV = ("id", "name", "about", "subject", "taken", "by", "reason", "bytes", "sha256", "documents")


@require_GET
def snapshot_list(request: HttpRequest) -> HttpResponseBase:
    """Every snapshot that the person sees."""
    user, form = person(request), SnapshotFilterForm(request.GET)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    rows = snapshots_listed_for(user, search)
    if wants_csv(request):
        return csv_answer("snapshots", CSV, (_line(row) for row in rows.iterator(500)))
    return render(request, "reports/snapshot_list.html", {"form": form, "page": rows_page(request, rows, PAGE)})


def _line(row: Any) -> tuple[Any, ...]:
    about = (row.pk, str(row), row.get_subject_kind_display(), row.subject_label, row.taken_at, row.taken_by.name)
    return (*about, row.reason, row.size, row.digest, row.made)


@require_POST
def snapshot_start_view(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Freeze everything on record about one thing."""
    user = person(request)
    subject, form = subject_seen(user, kind, pk), SnapshotForm(request.POST)
    run = attempt(form, services.snapshot_start, by=user, subject=subject)
    if run is None:
        context = {"page": subject_page(user, kind, pk), "form": form}
        return render(request, "reports/subject_documents.html", context, status=422)
    messages.success(request, f"“{run.label}” is being taken. You may leave this page.")
    return redirect("reports:subject", kind, pk)


@require_GET
def snapshot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One snapshot: what it froze, the documents made from it, and those that can be."""
    user = person(request)
    snapshot = snapshot_seen(user, pk)
    documents = snapshot.documents.select_related("created_by", "version__model").defer("log")[:MOST]
    others = snapshots_about(user, snapshot.subject_kind, snapshot.subject_id).exclude(pk=pk)
    context = {
        "snapshot": snapshot,
        "kind_label": SUBJECTS[snapshot.subject_kind],
        "subject_page": page_of_subject(snapshot.subject_kind, snapshot.subject_id),
        "reports": titled(documents),
        "kinds": [kind for kind in kinds_about(snapshot.subject_kind) if kind.spec is not None],
        "others": list(others[:MOST]),
    }
    return render(request, "reports/snapshot_detail.html", context)


@require_GET
def snapshot_download(request: HttpRequest, pk: int) -> FileResponse:
    """The JSON of a snapshot; the ETag is its SHA-256."""
    snapshot = snapshot_seen(person(request), pk)
    answer = FileResponse(
        storage.open(snapshot.digest),
        as_attachment=True,
        filename=f"snapshot-{snapshot.pk}.json",
        content_type="application/json",
    )
    answer["ETag"] = f'"{snapshot.digest}"'
    return answer


@require_GET
def snapshot_compare(request: HttpRequest) -> HttpResponse:
    """What differs between two snapshots, the older one first; with `format=json`, for programs."""
    user = person(request)
    before, after = in_order(*(snapshot_seen(user, key_named(request, name) or 0) for name in ("before", "after")))
    found = comparison_of(before, after)
    if request.GET.get("format") == "json":
        return JsonResponse(found.as_json, json_dumps_params={"ensure_ascii": False, "indent": 1})
    context = {
        "before": before,
        "after": after,
        "found": found,
        "tiles": [(label, found.count(kind)) for kind, label in KINDS.items()],
    }
    return render(request, "reports/snapshot_compare.html", context)
