"""The pages of evaluations. One evaluation is shown on the page of its run."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.models import User
from apps.accounts.queries import may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.evaluation import queries, services
from apps.evaluation.forms import EvaluationFilterForm, EvaluationForm

SORTS = {"started": "created_at", "version": "version__model__name"}


@require_GET
def run_list(request: HttpRequest) -> HttpResponseBase:
    """Every evaluation that the person sees, with what it found."""
    user = person(request)
    form = EvaluationFilterForm(request.GET or None)
    rows = ordered(request, queries.evaluations_listed_for(user), SORTS)
    if form.is_valid():
        rows = rows.filter(state=form.cleaned_data["state"]) if form.cleaned_data["state"] else rows
        name = form.cleaned_data["model"]
        rows = rows.filter(version__model__name__icontains=name) if name else rows
    if wants_csv(request):
        head = (
            "id",
            "version",
            "baseline",
            "data",
            "held out",
            "state",
            "of",
            "metric",
            "value",
            "low",
            "high",
            "rows",
        )
        return csv_answer("evaluations", head, _lines(rows))
    page = rows_page(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(run, queries.verdicts_of(run)) for run in page.object_list],
        "may_start": may_anywhere(user, "evaluation.start"),
    }
    return render(request, "evaluation/run_list.html", context)


def _lines(rows: Any) -> Iterator[tuple[Any, ...]]:
    """One line for each score, and one for an evaluation that has none."""
    for run in rows.iterator(200):
        told = (run.pk, run.version, run.baseline, run.dataset_version, run.is_held_out, run.state)
        scores = list(run.scores.all())
        yield from ((*told, s.of, s.metric, s.value, s.low, s.high, s.n) for s in scores)
        if not scores:
            yield (*told, "", "", "", "", "", "")


@require_http_methods(["GET", "POST"])
def run_start(request: HttpRequest) -> HttpResponse:
    """Measure a version. `?version=` chooses it, and with it the data and the base that it was tuned from."""
    user = person(request)
    if not may_anywhere(user, "evaluation.start"):
        raise Refused("Your roles do not include starting evaluations.", remedy="Ask an engineer of your team.")
    form = EvaluationForm(user, posted(request), chosen=_chosen(user, request))
    run = attempt(form, services.evaluation_start, by=user)
    if run is not None:
        messages.success(request, "The evaluation waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", "evaluation", run.pk)
    return render(request, "evaluation/run_start.html", {"form": form}, status=status_of(form))


def _chosen(user: User, request: HttpRequest) -> dict[str, int | None]:
    named = {name: key_named(request, name) for name in ("version", "baseline", "dataset_version")}
    return queries.usual_subjects(user, named["version"]) | {name: pk for name, pk in named.items() if pk is not None}
