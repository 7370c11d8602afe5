"""The pages of experiments, and the table of runs in each."""

import shlex
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.core.errors import Invalid, Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.tracking import queries, rules, services
from apps.tracking.forms import ExperimentFilterForm, ExperimentForm, NameForm, RunSearchForm
from apps.tracking.models import Experiment, TrackingRun
from apps.tracking.queries.pages import columns_of, lines_of, order_clause

SORTS = {"name": "name", "runs": "run_count", "newest": "last_run_at", "created": "created_at"}
CSV_MOST = 5_000


@require_GET
def experiment_list(request: HttpRequest) -> HttpResponseBase:
    """Every experiment that the person sees."""
    user = person(request)
    form = ExperimentFilterForm(user, request.GET)
    rows = ordered(request, queries.experiments_listed_for(user), SORTS)
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("name"):
        rows = rows.filter(name__icontains=chosen["name"])
    if chosen.get("team"):
        rows = rows.filter(team=chosen["team"])
    lifecycle = chosen.get("lifecycle") or rules.ACTIVE
    rows = rows if lifecycle == rules.ALL else rows.filter(lifecycle=lifecycle)
    if wants_csv(request):
        head = ("id", "name", "team", "state", "runs", "newest run", "made")
        return csv_answer("experiments", head, (_line(row) for row in rows.iterator(500)))
    context = {
        "form": form,
        "page": rows_page(request, rows),
        "may_create": may_anywhere(user, "tracking.log"),
        "address": settings.BASE_URL,
    }
    return render(request, "tracking/experiment_list.html", context)


def _line(row: Any) -> tuple[Any, ...]:
    return row.pk, row.name, row.team.name, row.lifecycle, row.run_count or 0, row.last_run_at, row.created_at


@require_http_methods(["GET", "POST"])
def experiment_create_view(request: HttpRequest) -> HttpResponse:
    """Make an experiment."""
    user = person(request)
    if not may_anywhere(user, "tracking.log"):
        raise Refused("Your roles do not include logging.", remedy="Ask an engineer of your team.")
    form = ExperimentForm(user, posted(request))
    made = attempt(form, services.experiment_create, by=user)
    if made is not None:
        messages.success(request, f"“{made.name}” is there. Scripts can log into it now.")
        return redirect("tracking:experiment-detail", made.pk)
    return render(request, "tracking/name_form.html", {"form": form}, status=status_of(form))


@require_GET
def experiment_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One experiment and its runs, filtered in the grammar of MLflow's clients."""
    user = person(request)
    experiment = queries.experiment_seen(user, pk)
    form, sort = RunSearchForm(request.GET), request.GET.get("sort", "")
    try:
        rows = _runs(request, experiment, form, sort)
    except Invalid as error:
        form.add_error("filter", error.message)
        rows = TrackingRun.objects.none()
    if wants_csv(request):
        return _csv(experiment, rows, sort)
    page = rows_page(request, queries.with_logs(rows))
    runs = list(page.object_list)
    columns = columns_of(runs, sort)
    context = {
        "experiment": experiment,
        "form": form,
        "page": page,
        "columns": columns,
        "lines": lines_of(runs, columns),
        "is_filtered": form.is_bound and bool(form.changed_data),
        "may_log": may(user, "tracking.log", experiment.team_id),
        "address": f"{settings.BASE_URL}/teams/{experiment.team.slug}",
        "quoted_name": shlex.quote(experiment.name),  # people paste it into a shell
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "tracking/experiment_detail.html", context, status=status)


def _runs(request: HttpRequest, experiment: Experiment, form: RunSearchForm, sort: str) -> Any:
    chosen = form.cleaned_data if form.is_valid() else {}
    order = order_clause(sort)
    return queries.runs_found(
        person(request),
        experiments=[experiment],
        text=chosen.get("filter", ""),
        order_by=[order] if order else [],
        lifecycle=chosen.get("lifecycle") or (rules.ALL if experiment.lifecycle == rules.DELETED else rules.ACTIVE),
    )


def _csv(experiment: Experiment, rows: Any, sort: str) -> HttpResponseBase:
    """The found runs with every metric and parameter that one of them logged; at most CSV_MOST runs."""
    runs = list(queries.with_logs(rows[:CSV_MOST]))
    metrics = sorted({row.key for run in runs for row in run.metrics.all()})
    params = sorted({row.key for run in runs for row in run.params.all()})
    head = ["id", "name", "state", "started", "ended", "by"]
    head += [f"metrics.{key}" for key in metrics] + [f"params.{key}" for key in params]
    return csv_answer(f"experiment-{experiment.pk}", head, (_cells(run, metrics, params) for run in runs))


def _cells(run: TrackingRun, metrics: list[str], params: list[str]) -> list[Any]:
    facts = [run.uuid, run.name, run.state, run.started_at, run.ended_at, run.created_by.name]
    measured = {row.key: "NaN" if row.is_nan else row.value for row in run.metrics.all()}
    told = {row.key: row.value for row in run.params.all()}
    return [*facts, *(measured.get(key) for key in metrics), *(told.get(key) for key in params)]


@require_http_methods(["GET", "POST"])
def experiment_rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an experiment another name."""
    user = person(request)
    experiment = queries.experiment_seen(user, pk)
    form = NameForm(posted(request), initial={"name": experiment.name})
    if attempt(form, services.experiment_rename, by=user, experiment=experiment) is not None:
        messages.success(request, "The experiment has its new name.")
        return redirect("tracking:experiment-detail", pk)
    context = {"form": form, "experiment": experiment}
    return render(request, "tracking/name_form.html", context, status=status_of(form))


@require_POST
def experiment_delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an experiment and its runs out of the lists."""
    user = person(request)
    gone = services.experiment_delete(by=user, experiment=queries.experiment_seen(user, pk))
    messages.success(request, f"“{gone.name}” is deleted. It can be restored on its page.")
    return redirect("tracking:experiment-detail", pk)


@require_POST
def experiment_restore_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring an experiment back."""
    user = person(request)
    back = services.experiment_restore(by=user, experiment=queries.experiment_seen(user, pk))
    messages.success(request, f"“{back.name}” is back.")
    return redirect("tracking:experiment-detail", pk)
