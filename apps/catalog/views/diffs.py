"""The page that holds two versions against each other, and starting a comparison of their rows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from apps.accounts.queries import may, person
from apps.catalog import queries
from apps.catalog.queries.comparing import diff_page
from apps.catalog.services.diffs import diff_start
from apps.core.errors import DomainError, Invalid, NotFound, Refused
from apps.core.form_fields import LONGEST_KEY, key_named

MOST_LISTED = 200


@require_GET
def diff(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """Two versions side by side: schema, figures, and the rows that differ once they were compared."""
    user = person(request)
    old, new = queries.dataset_version_seen(user, before), queries.dataset_version_seen(user, after)
    kind, number, chosen = request.GET.get("kind", ""), key_named(request, "page") or 1, key_named(request, "run")
    page = diff_page(user, old, new, kind=kind, number=number, chosen=chosen)
    if request.GET.get("part") == "live" and getattr(request, "htmx", False):
        if page.run is None or not page.run.is_open:
            return HttpResponseClientRefresh()
        return render(request, "catalog/_diff_live.html", {"page": page})
    datasets = {old.dataset_id, new.dataset_id}
    others = queries.dataset_versions_seen_by(user).filter(dataset_id__in=datasets).order_by("dataset_id", "-number")
    context = {
        "page": page,
        "versions": others[:MOST_LISTED],
        "may_compare": may(user, "diff.start", new.team_id),
    }
    return render(request, "catalog/diff.html", context)


@require_http_methods(["GET", "POST"])
def diff_start_view(request: HttpRequest) -> HttpResponse:
    """Compare the rows of two versions, or show the comparison that is there. By GET nothing is begun."""
    user = person(request)
    before = queries.dataset_version_seen(user, _key(request, "before"))
    after = queries.dataset_version_seen(user, _key(request, "after"))
    if request.method == "GET":
        return redirect("catalog:diff", before.pk, after.pk)
    key = [name.strip() for name in request.POST.get("key", "").split(",") if name.strip()]
    try:
        run = diff_start(by=user, before=before, after=after, key=key)
        url = reverse("catalog:diff", args=[before.pk, after.pk])
        return redirect(f"{url}?run={run.pk}" if key else url)
    except (Refused, NotFound):
        raise
    except DomainError as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
    return redirect("catalog:diff", before.pk, after.pk)


def _key(request: HttpRequest, name: str) -> int:
    value = (request.POST if request.method == "POST" else request.GET).get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY):
        raise Invalid("Choose two versions to compare.", code="diff.versions")
    return int(value)
