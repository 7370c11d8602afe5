"""The pages on which models and versions are taken out of every list and brought back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.core.form_fields import attempt, posted, status_of
from apps.portal.forms import ReasonForm
from apps.registry.queries import model_on_record, version_on_record
from apps.registry.services import model_restore, version_restore
from apps.serving.queries import deployments_running
from apps.serving.services import model_remove, version_remove


@require_http_methods(["GET", "POST"])
def version_remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a version out of every list, with a reason."""
    version = version_on_record(person(request), pk)
    return _asked(request, version, version_remove, {"version": version}, is_removal=True)


@require_http_methods(["GET", "POST"])
def version_restore_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a removed version back."""
    version = version_on_record(person(request), pk)
    return _asked(request, version, version_restore, {"version": version}, is_removal=False)


@require_http_methods(["GET", "POST"])
def model_remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a model with its versions out of every list, with a reason."""
    model = model_on_record(person(request), pk)
    return _asked(request, model, model_remove, {"model": model}, is_removal=True)


@require_http_methods(["GET", "POST"])
def model_restore_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a removed model back with the versions that went with it."""
    model = model_on_record(person(request), pk)
    return _asked(request, model, model_restore, {"model": model}, is_removal=False)


def _asked(
    request: HttpRequest, thing: Any, write: Callable[..., Any], given: dict[str, Any], *, is_removal: bool
) -> HttpResponse:
    """The form, and after it the page of the thing, which stays whatever is done. A refusal stands in the form."""
    user, is_version = person(request), "version" in given
    require(user, "model.delete", thing.team_id, shared=thing.model if is_version else thing)
    page = reverse("portal:version-detail" if is_version else "registry:model-detail", args=[thing.pk])
    form = ReasonForm(posted(request))
    if attempt(form, write, by=user, **given) is not None:
        messages.success(request, f"{thing} is removed; its page stays." if is_removal else f"{thing} is back in use.")
        return redirect(page)
    versions = [thing.pk] if is_version else list(thing.versions.values_list("pk", flat=True))
    context = {
        "form": form,
        "thing": thing,
        "name": str(thing),
        "version": thing if is_version else None,
        "model": thing.model if is_version else thing,
        "page": page,
        "is_removal": is_removal,
        "running": list(deployments_running(versions)[:10]) if is_removal else [],
    }
    return render(request, "portal/removal_form.html", context, status=status_of(form))
