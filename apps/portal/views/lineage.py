"""The pages that walk the lineage: what breaks if something goes, and what answered at a time."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import person, team_ids_seen_by
from apps.core.errors import NotFound
from apps.core.listing import csv_answer, wants_csv
from apps.portal.forms import AnsweredForm
from apps.portal.queries import lineage


@require_GET
def impact(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """Everything that came of one thing, drawn and listed. `?licence=` asks what another licence would change; without
    it the question is: what if there were none any more?
    """
    user = person(request)
    start = lineage.start_seen(user, kind, pk)
    found = lineage.downstream_of(user, start)
    if wants_csv(request):
        rows = ((item.pk, str(item), item.stage) for item in found.versions.values() if found.may_name(item))
        return csv_answer("depends-on-it", ("id", "model version", "stage"), rows)
    licence = request.GET.get("licence", "").strip()[:200]
    context = {
        "start": start,
        "kind": kind,
        "word": lineage.STARTS[kind][0],
        "found": found,
        "graph": lineage.impact_graph(found),
        "licence": licence,
        "effects": lineage.licence_effects(found, licence or None),
    }
    return render(request, "portal/impact.html", context)


@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """Which model version answered through a deployment, an application, an alias or a system at a time."""
    user = person(request)
    chosen = {"through": request.GET.get("through", "")}  # from the page of a deployment or a system
    form = AnsweredForm(user, request.GET if "at" in request.GET else None, initial=chosen)
    context: dict[str, object] = {"form": form, "seen_teams": team_ids_seen_by(user)}
    if form.is_bound and form.is_valid():
        kind, pk, at, alias = form.asked
        context["at"] = at
        try:
            context["answers"] = lineage.answered_at(user, kind, pk, at, alias=alias)
        except NotFound as nothing:
            context["nothing"] = nothing.message
    return render(request, "portal/answered.html", context)
