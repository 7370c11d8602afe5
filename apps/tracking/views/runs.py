"""The pages of single runs, of runs side by side, and of logged models."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.core.form_fields import attempt, posted, status_of
from apps.tracking import queries, services
from apps.tracking.forms import NameForm
from apps.tracking.models import LoggedModel, TrackingRun
from apps.tracking.queries.pages import MOST_COMPARED, charts_of, compared, figure, tags_of
from apps.tracking.rules.places import path_checked

MOST_VERSIONS = 50  # registered from one logged model


def _folder(request: HttpRequest, holder: TrackingRun | LoggedModel) -> dict[str, Any]:
    """The folder that the address asks for, with the way to it."""
    asked = request.GET.get("path", "").strip("/")
    path = path_checked(asked) if asked else ""
    parts = path.split("/") if path else []
    return {
        "entries": queries.folder_of(holder, path),
        "path": path,
        "way": [(part, "/".join(parts[: place + 1])) for place, part in enumerate(parts)],
        "may_read": may(person(request), "tracking.read_files", holder.team_id),
    }


@require_GET
def run_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One run: what it was given, what it measured over time, what it read and what it wrote."""
    user = person(request)
    seen = queries.run_seen(user, key)
    run = queries.with_logs(TrackingRun.objects.filter(pk=seen.pk).select_related("experiment", "created_by")).get()
    metrics = list(run.metrics.all())
    links = list(run.model_links.all())
    context = {
        "run": run,
        "metrics": [(row, figure(row)) for row in metrics],
        "charts": charts_of([run], [row.key for row in metrics]),
        "tags": tags_of(run),
        "own_tags": [row for row in run.tags.all() if row.key.startswith("mlflow.")],
        "read": [link for link in links if link.is_input],
        "made": [link for link in links if not link.is_input],
        "unlinked": queries.logged_models_seen_by(user)
        .filter(run=run)
        .exclude(pk__in=[link.logged_model_id for link in links]),
        "may_log": may(user, "tracking.log", run.team_id),
        **_folder(request, run),
    }
    return render(request, "tracking/run_detail.html", context)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Runs side by side: what differs first, and their metrics in one drawing."""
    keys = list(dict.fromkeys(request.GET.getlist("run")))
    rows = queries.runs_seen_by(person(request)).filter(uuid__in=keys[:MOST_COMPARED])
    runs = sorted(queries.with_logs(rows), key=lambda run: keys.index(run.uuid))
    names = sorted({row.key for run in runs for row in run.metrics.all()})
    context = {
        "runs": runs,
        "experiment": runs[0].experiment if len({run.experiment_id for run in runs}) == 1 else None,
        "parts": compared(runs) if len(runs) > 1 else [],
        "charts": charts_of(runs, names) if len(runs) > 1 else [],
        "left_out": max(0, len(keys) - MOST_COMPARED),
        "most": MOST_COMPARED,
    }
    return render(request, "tracking/compare.html", context)


@require_http_methods(["GET", "POST"])
def run_rename_view(request: HttpRequest, key: str) -> HttpResponse:
    """Give a run another name."""
    user = person(request)
    run = queries.run_seen(user, key)
    form = NameForm(posted(request), initial={"name": run.name})
    if attempt(form, services.tracking_run_update, by=user, key=key) is not None:
        messages.success(request, "The run has its new name.")
        return redirect("tracking:run-detail", key)
    context = {"form": form, "run": run, "experiment": run.experiment}
    return render(request, "tracking/name_form.html", context, status=status_of(form))


@require_POST
def run_delete_view(request: HttpRequest, key: str) -> HttpResponse:
    """Take a run out of the lists."""
    services.tracking_run_delete(by=person(request), key=key)
    messages.success(request, "The run is deleted. It can be restored on its page.")
    return redirect("tracking:run-detail", key)


@require_POST
def run_restore_view(request: HttpRequest, key: str) -> HttpResponse:
    """Bring a run back."""
    services.tracking_run_restore(by=person(request), key=key)
    messages.success(request, "The run is back.")
    return redirect("tracking:run-detail", key)


@require_GET
def logged_model_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One logged model: where it comes from, what was measured of it, and its files."""
    model = queries.logged_model_seen(person(request), key)
    metrics = queries.metrics_of_models([model])[model.model_id]
    own = {name: value for name, value in model.tags.items() if name.startswith("mlflow.")}
    versions = model.model_versions.filter(deleted_at=None).select_related("model")
    context = {
        "model": model,
        "metrics": [(row, figure(row)) for row in metrics],
        "tags": {name: value for name, value in model.tags.items() if name not in own},
        "own_tags": own,
        "versions": list(versions.order_by("-pk")[:MOST_VERSIONS]),
        **_folder(request, model),
    }
    return render(request, "tracking/logged_model.html", context)
