"""Where people open a version, send its files with a form, and seal it. Large files go in pieces, over the API."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.core.errors import DomainError, NotFound
from apps.core.form_fields import attempt, posted, status_of
from apps.registry import queries, services
from apps.registry.forms import OpenForm


@require_http_methods(["GET", "POST"])
def version_open_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the next version without files; they are sent from its own page."""
    user = person(request)
    model = queries.model_seen(user, pk)
    require(user, "version.create", model.team_id, shared=model)
    form = OpenForm(user, posted(request))
    version = attempt(form, services.version_open, by=user, model=model)
    if version is not None:
        messages.success(request, f"{version} is open. Send its files, then seal it.")
        return redirect("portal:version-tab", version.pk, "files")
    return render(request, "registry/version_open.html", {"form": form, "model": model}, status=status_of(form))


@require_POST
def files_send_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Store files that came with a form; those that are refused are named, the others stay."""
    user = person(request)
    version = queries.version_seen(user, pk)
    folder = request.POST.get("folder", "").strip().strip("/")
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, "Choose one file or more.")
    for file in files:
        path = f"{folder}/{file.name}" if folder else str(file.name)
        try:
            services.file_send(by=user, version=version, path=path, size=file.size or 0, blocks=file.chunks())
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, f"{path}: {error.message} {error.remedy}".strip())
        else:
            messages.success(request, f"{path} is stored.")
    return redirect("portal:version-tab", pk, "files")


@require_POST
def file_cancel_view(request: HttpRequest, pk: int, upload: UUID) -> HttpResponse:
    """Take a file out of an open version, or give up one that is on its way."""
    user = person(request)
    found = queries.sent_file_seen(user, queries.version_seen(user, pk), upload)
    services.file_upload_cancel(by=user, upload=found)
    messages.success(request, f"{found.path} is taken out.")
    return redirect("portal:version-tab", pk, "files")


@require_POST
def version_seal_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open version."""
    user = person(request)
    version = services.version_seal(by=user, version=queries.version_seen(user, pk))
    messages.success(request, f"{version} is sealed: its files and their digest stand from now on.")
    return redirect("portal:version-tab", pk, "files")
