"""The pages that take files in: with the form, or in pieces before it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.forms import UploadForm
from apps.catalog.models import CommitRun, Dataset, DatasetVersion, Upload
from apps.core.form_fields import attempt, posted, status_of

MOST_WAITING = 50


@require_http_methods(["GET", "POST"])
def version_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload a file as the next version. Settings put every upload into a temporary file, never into memory.

    With JavaScript the file is sent in pieces first (static/js/upload.js), and the form then names that upload.
    """
    user = person(request)
    dataset = queries.dataset_seen(user, pk)
    require(user, "dataset.upload", dataset.team_id, shared=dataset)
    own = queries.uploads_seen_by(user).filter(dataset=dataset, created_by=user)
    waiting = [queries.arrived(upload) for upload in own[:MOST_WAITING]]
    arrived = _chosen(request, waiting)
    form = UploadForm(
        dataset, posted(request), request.FILES or None, branch=request.GET.get("branch", ""), arrived=arrived
    )
    made = attempt(form, _commit, by=user, dataset=dataset)
    if made is not None:
        return _committed(request, made)
    others = [upload for upload in waiting if upload != arrived]
    context = {"form": form, "dataset": dataset, "arrived": arrived, "waiting": others}
    return render(request, "catalog/version_upload.html", context, status=status_of(form))


def _chosen(request: HttpRequest, waiting: list[Upload]) -> Upload | None:
    """The whole upload that the address or the form names."""
    named = request.POST.get("upload") or request.GET.get("upload", "")
    return next((upload for upload in waiting if str(upload.pk) == named and upload.is_whole), None)


def _commit(
    *, by: User, dataset: Dataset, upload: UUID | None, file: Any = None, **more: Any
) -> DatasetVersion | CommitRun:
    if upload is not None:
        return services.upload_commit(by=by, dataset=dataset, upload=queries.upload_seen(by, upload), **more)
    path = Path(file.temporary_file_path())
    return services.dataset_version_commit(by=by, dataset=dataset, path=path, filename=str(file.name), **more)


def _committed(request: HttpRequest, made: DatasetVersion | CommitRun) -> HttpResponse:
    if isinstance(made, CommitRun):
        messages.success(request, "The file has arrived. A worker reads and stores it; you may leave this page.")
        return redirect("portal:run-detail", "commit", made.pk)
    messages.success(request, f"{made} is stored: {made.rows} rows. Scan it next.")
    return redirect("catalog:version-detail", made.pk)


@require_POST
def upload_cancel_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give an upload up."""
    upload = queries.upload_seen(request.user, pk)
    services.upload_cancel(by=person(request), upload=upload)
    messages.success(request, f"“{upload.filename}” is given up; what had arrived is removed.")
    return redirect("catalog:dataset-detail", upload.dataset_id)
