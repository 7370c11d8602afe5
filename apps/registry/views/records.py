"""Where people put right what is on record about a version, and hang tags on versions and models."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.core.downloads import stored_answer
from apps.core.form_fields import attempt, posted, status_of
from apps.registry import queries, services
from apps.registry.forms import FactsForm, TagForm


@require_http_methods(["GET", "POST"])
def version_describe_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right or fill in what is on record about a version."""
    user = person(request)
    version = queries.version_seen(user, pk)
    require(user, "version.describe", version.team_id, shared=version.model)
    form = FactsForm.of(version, posted(request))
    if attempt(form, services.version_describe, by=user, version=version) is not None:
        messages.success(request, "The record is changed.")
        return redirect("portal:version-detail", pk)
    context = {"form": form, "version": version}
    return render(request, "registry/version_describe.html", context, status=status_of(form))


@require_POST
def version_tag_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Hang a tag on a version, change its value, or with `delete` take it off."""
    user = person(request)
    version = queries.version_seen(user, pk)
    if "delete" in request.POST:
        services.version_tag_delete(by=user, version=version, key=request.POST["delete"])
        return redirect("portal:version-detail", pk)
    form = TagForm(request.POST)
    if form.is_valid():
        services.version_tag_set(by=user, version=version, **form.cleaned_data)
    else:
        messages.error(request, "A tag needs a name of at most 250 letters.")
    return redirect("portal:version-detail", pk)


@require_POST
def model_tag_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Hang a tag on a model, change its value, or with `delete` take it off."""
    user = person(request)
    model = queries.model_seen(user, pk)
    if "delete" in request.POST:
        services.model_tag_delete(by=user, model=model, key=request.POST["delete"])
        return redirect("registry:model-detail", pk)
    form = TagForm(request.POST)
    if form.is_valid():
        services.model_tag_set(by=user, model=model, **form.cleaned_data)
    else:
        messages.error(request, "A tag needs a name of at most 250 letters.")
    return redirect("registry:model-detail", pk)


@require_GET
def version_file_view(request: HttpRequest, pk: int, path: str) -> HttpResponseBase:
    """One file of a version, whole or a range of it."""
    file = queries.file_to_read(queries.version_seen(person(request), pk), path)
    return stored_answer(request, digest=file.digest, size=file.size, name=file.path.rpartition("/")[2])


@require_GET
def version_sums_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The manifest as `sha256sum --check` reads it."""
    version = queries.version_seen(person(request), pk)
    answer = HttpResponse(queries.sha256sums_of(version), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="SHA256SUMS"'
    return answer
