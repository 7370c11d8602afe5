"""Pages that join several apps. Each view reads one query or calls one service."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.audit.queries import chain_verify
from apps.core.errors import Refused
from apps.core.form_fields import key_named
from apps.core.listing import rows_page
from apps.core.paging import BoundedPaginator
from apps.core.rules import MOVES
from apps.core.runs import run_models
from apps.jobs.services import run_cancel, run_retry, team_of
from apps.portal import queries

PAGE = 50


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Home: what needs this person today."""
    return render(request, "portal/overview.html", {"overview": queries.overview_for(person(request))})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the search box found."""
    words = request.GET.get("q", "")
    return render(request, "portal/search.html", {"words": words, "hits": queries.search_for(person(request), words)})


@require_GET
def version_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One model version, a tab at a time."""
    page = queries.version_page_for(person(request), pk, request.GET.get("tab", ""), chosen=key_named(request, "run"))
    context = {**page.content, "page": page, "version": page.version}
    if "entries" in context:
        context["trail"] = rows_page(request, context["entries"])
        context["lines"] = queries.with_actor_names(context["trail"].object_list)
    return render(request, "portal/version_detail.html", context)


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Runs of every kind, newest first."""
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    number = max(int(request.GET["page"]), 1) if request.GET.get("page", "").isdigit() else 1
    runs = queries.runs_listed_for(person(request), kind=kind, state=state, limit=PAGE + 1, skip=(number - 1) * PAGE)
    context = {
        "runs": runs[:PAGE],
        "has_next": len(runs) > PAGE,
        "number": number,
        "kinds": sorted(run_models()),
        "states": list(MOVES),
        "kind": kind,
        "state": state,
    }
    return render(request, "portal/run_list.html", context)


@require_GET
def run_detail(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One run; htmx asks again for the part that moves."""
    run = queries.run_seen(person(request), kind, pk)
    team = team_of(run)
    context = {
        "run": run,
        "subjects": queries.subject_links_of(run),
        "settings": queries.plain_values(run.config),
        "results": queries.plain_values(run.result),
        "may_cancel": run.is_open and run.cancel_requested_at is None and may(person(request), "run.cancel", team),
        "may_retry": not run.is_open and run.state != run.State.SUCCEEDED and may(person(request), "run.retry", team),
    }
    name = "portal/_run.html" if getattr(request, "htmx", False) else "portal/run_detail.html"
    return render(request, name, context)


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


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """The audit trail, filtered and paged."""
    entries = queries.trail_seen_by(person(request))
    for name in ("action", "object_type", "object_id", "actor"):
        if value := request.GET.get(name, "").strip():
            entries = entries.filter(**{name: value})
    page = BoundedPaginator(entries, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": queries.with_actor_names(page.object_list)}
    return render(request, "portal/trail.html", context)


@require_POST
def trail_verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say what was found."""
    if not may_anywhere(person(request), "trail.view"):
        raise Refused("Your roles do not include reading the audit trail.")
    return render(request, "portal/trail_verify.html", {"verdict": chain_verify()})
