"""Pages that join several apps. Each view reads one query or calls one service."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from apps.accounts.queries import may, person
from apps.core.form_fields import key_named
from apps.core.listing import rows_page
from apps.core.models import Run
from apps.core.rules import MOVES
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import verdicts_of
from apps.jobs.services import run_cancel, run_retry, team_of
from apps.portal import queries

PAGE = 50
MOST_PAGES = 20  # the list is merged from one table a kind, so depth costs; older runs are found by kind and state


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Home: what needs this person today."""
    return render(request, "portal/overview.html", {"overview": queries.overview_for(person(request))})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the search box found."""
    words = request.GET.get("q", "")[:200]
    return render(request, "portal/search.html", {"words": words, "hits": queries.search_for(person(request), words)})


@require_GET
def version_detail(request: HttpRequest, pk: int | str, tab: str = "") -> HttpResponse:
    """One model version, a tab at a time. Tabs have addresses of their own; `?tab=` of older links works as well."""
    wanted = tab or request.GET.get("tab", "")
    page = queries.version_page_for(person(request), int(pk), wanted, chosen=key_named(request, "run"))
    context = {**page.content, "page": page, "version": page.version}
    if "entries" in context:
        context["trail"] = rows_page(request, context["entries"])
        context["lines"] = queries.with_actor_names(context["trail"].object_list)
    return render(request, "portal/version_detail.html", context)


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Runs of every kind, newest first."""
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in queries.KINDS else ""
    state = request.GET.get("state", "") if request.GET.get("state", "") in MOVES else ""
    number = min(max(key_named(request, "page") or 1, 1), MOST_PAGES)
    runs = queries.runs_listed_for(person(request), kind=kind, state=state, limit=PAGE + 1, skip=(number - 1) * PAGE)
    context = {
        "runs": [queries.line_of(run) for run in runs[:PAGE]],
        "has_next": len(runs) > PAGE and number < MOST_PAGES,
        "number": number,
        "kinds": [(name, words.name) for name, words in queries.KINDS.items()],
        "states": Run.State.choices,
        "kind": kind,
        "state": state,
    }
    return render(request, "portal/run_list.html", context)


@require_GET
def run_detail(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One run. While it is open, htmx asks for `?part=live`, the part that moves; once it has ended, for all of it."""
    run = queries.run_seen(person(request), kind, pk)
    team = team_of(run)
    is_part = request.GET.get("part") == "live" and bool(getattr(request, "htmx", False))
    if is_part and run.is_open:
        return render(request, "portal/_run_live.html", {"run": run})
    context = {
        "run": run,
        "line": queries.line_of(run),
        "kind": queries.KINDS[kind],
        "result_link": queries.result_link_of(run),
        "remedy_link": queries.remedy_link_of(run),
        "verdicts": verdicts_of(run) if isinstance(run, EvaluationRun) else [],
        "subjects": queries.subject_links_of(run),
        "settings": queries.plain_values(run.config),
        "results": queries.plain_values(queries.result_seen(person(request), run)),
        "is_told_above": run.state == run.State.SUCCEEDED and kind in ("recreation", "mlflow_import", "trail_check"),
        "may_cancel": run.is_open and run.cancel_requested_at is None and may(person(request), run.cancel_needs, team),
        "recreate_url": queries.recreate_url_of(person(request), run),
        "may_retry": not run.is_open
        and run.state != run.State.SUCCEEDED
        and may(person(request), run.retry_needs, team),
    }
    if not is_part:
        return render(request, "portal/run_detail.html", context)
    return retarget(reswap(render(request, "portal/_run.html", context), "outerHTML"), "#run")


@require_POST
def run_cancel_view(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Cancel a run."""
    run = queries.run_seen(person(request), kind, pk)
    run_cancel(by=person(request), run=run, reason=request.POST.get("reason", ""))
    messages.success(request, "The run is being cancelled.")
    return redirect("portal:run-detail", kind, pk)


@require_POST
def run_retry_view(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Start a run again."""
    run_retry(by=person(request), run=queries.run_seen(person(request), kind, pk))
    messages.success(request, "The run waits in the queue again.")
    return redirect("portal:run-detail", kind, pk)
