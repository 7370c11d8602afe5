"""The list of checklists, and the beginning of one."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import person
from apps.checklist import services
from apps.checklist.forms import StateForm
from apps.checklist.models import Assessment
from apps.checklist.queries import assessments_seen_by
from apps.checklist.queries.pages import coverages, versions_without_assessment
from apps.checklist.rules import STATUSES
from apps.checklist.views.pieces import counted
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.registry.queries import version_seen

PAGE = 25
CSV = (
    *("id", "version", "stage", "state", "answered", "questions"),
    *STATUSES,
    *("stale", "against approval", "handed in by", "handed in"),
)
T = TypeVar("T")
MOST_WITHOUT = 8


@require_GET
def assessment_list(request: HttpRequest) -> HttpResponseBase:
    """Every checklist that the person sees, and versions that have none yet."""
    user, form = person(request), StateForm(request.GET or None)
    rows = assessments_seen_by(user)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=form.cleaned_data["state"])
    if wants_csv(request):
        return csv_answer("checklists", CSV, _lines(rows))
    page = rows_page(request, rows, PAGE)
    context = {
        "form": form,
        "page": page,
        "rows": coverages(list(page.object_list)),
        "without": list(versions_without_assessment(user)[:MOST_WITHOUT]),
    }
    return render(request, "checklist/assessment_list.html", context)


def _lines(rows: QuerySet[Assessment]) -> Iterator[tuple[Any, ...]]:
    """A line for each assessment as it stands now; a hundred of them are read at a time."""
    for some in _batched(rows.iterator(100), 100):
        for row in coverages(some):
            view = row.view
            told = (view.pk, view.version_label, view.version_stage, view.state, row.answered, row.total)
            counts = [view.counts.get(status, 0) for status in STATUSES]
            yield (*told, *counts, len(view.stale), len(view.gate.questions), view.submitted_by, view.submitted_at)


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of `size`; itertools has it from Python 3.12 on."""
    rows = iter(rows)
    while some := list(islice(rows, size)):
        yield some


@require_POST
def assessment_create_view(request: HttpRequest) -> HttpResponse:
    """Begin a version's checklist, and let the platform answer at once what it can."""
    number = request.POST.get("version", "")
    version = version_seen(person(request), int(number) if number.isdecimal() and len(number) < 19 else 0)
    assessment = services.assessment_create(by=person(request), version=version)
    found = services.evidence_collect(by=person(request), assessment=assessment)
    messages.success(request, f"The checklist has begun. The platform found something on {counted(len(found))}.")
    return redirect("checklist:assessment-detail", assessment.pk)
