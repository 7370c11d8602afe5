"""The page that holds model versions side by side."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import person
from apps.core.listing import csv_answer, wants_csv
from apps.portal.forms import CompareForm
from apps.portal.queries import comparing


@require_GET
def version_compare(request: HttpRequest) -> HttpResponseBase:
    """Versions side by side: `?versions=1,2`, or once a version; `?only=differences` leaves the rest out."""
    user = person(request)
    keys = comparing.keys_in(",".join(request.GET.getlist("versions")))
    found = comparing.versions_compared(user, keys)
    if wants_csv(request):
        head = ("part", "what", *(str(version) for version in found.versions))
        rows = (
            (group.title, row.label, *(cell.text for cell in row.cells)) for group in found.groups for row in group.rows
        )
        return csv_answer("versions-compared", head, rows)
    context = {
        "found": found,
        "keys": ",".join(str(key) for key in keys),
        "form": CompareForm(user, found.versions) if len(keys) < comparing.MOST_COMPARED else None,
        "is_short": request.GET.get("only") == "differences",
        "others": [(one, ",".join(str(key) for key in keys if key != one.pk)) for one in found.versions],
    }
    return render(request, "portal/version_compare.html", context)
