"""The pages on which versions are imported, tuned and moved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import may_anywhere, person
from apps.accounts.services import require
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.registry import queries, services
from apps.registry.forms import ImportForm, TuningForm


@require_http_methods(["GET", "POST"])
def version_import_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Import files as the model's next version; a worker fetches and checks them."""
    user = person(request)
    model = queries.model_seen(user, pk)
    require(user, "version.create", model.team_id, shared=model)
    form = ImportForm(user, posted(request))
    run = attempt(form, services.version_import, by=user, model=model)
    if run is not None:
        messages.success(request, "The import waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", "import", run.pk)
    return render(request, "registry/version_import.html", {"form": form, "model": model}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def tuning_start_view(request: HttpRequest) -> HttpResponse:
    """Tune a version on data. `?base=`, `?dataset=` and `?model=` choose beforehand."""
    user = person(request)
    if not may_anywhere(user, "tuning.start"):
        raise Refused("Your roles do not include tuning models.", remedy="Ask an engineer of your team.")
    base = key_named(request, "base")
    model = key_named(request, "model") or queries.model_pk_of(user, base)
    form = TuningForm(user, posted(request), base=base, dataset=key_named(request, "dataset"), model=model)
    run = attempt(form, services.tuning_start, by=user)
    if run is not None:
        messages.success(request, "The tuning waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", "tuning", run.pk)
    return render(request, "registry/tuning_start.html", {"form": form}, status=status_of(form))


@require_POST
def version_propose_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a version a candidate."""
    user = person(request)
    version = services.version_propose(by=user, version=queries.version_seen(user, pk))
    messages.success(request, f"{version} is a candidate: it now waits for its checklist and a sign-off.")
    return redirect("portal:version-detail", pk)


@require_POST
def version_retire_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a version out of use for good."""
    user = person(request)
    reason = request.POST.get("reason", "")
    version = services.version_retire(by=user, version=queries.version_seen(user, pk), reason=reason)
    messages.success(request, f"{version} is retired.")
    return redirect("portal:version-detail", pk)
