"""The list of assessments, what a thing is held against, and the beginning of an assessment."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import may_anywhere, person, teams_seen_by
from apps.checklist import services
from apps.checklist.forms import AssessmentFilterForm
from apps.checklist.models import Assessment
from apps.checklist.queries import GENAIOPS, assessments_seen_by
from apps.checklist.queries.pages import coverages, versions_without_assessment
from apps.checklist.queries.starting import subject_page, subject_seen, subjects_listed_for
from apps.checklist.queries.work import waiting_in, with_work
from apps.checklist.rules import STATUSES
from apps.checklist.rules.frameworks import ASSESSED, SYSTEM
from apps.checklist.rules.subjects import FIELDS
from apps.checklist.rules.work import AssignmentView
from apps.checklist.views.pieces import counted
from apps.core.listing import csv_answer, rows_page, wants_csv

PAGE = 25
CSV = (
    *("id", "version", "stage", "state", "answered", "questions"),
    *STATUSES,
    *("stale", "against approval", "handed in by", "handed in", "kind", "framework"),
)
T = TypeVar("T")
MOST_WITHOUT = 8


@require_GET
def assessment_list(request: HttpRequest) -> HttpResponseBase:
    """Every assessment that the person sees, and versions that have no checklist yet."""
    user = person(request)
    form = AssessmentFilterForm(request.GET or None, teams=teams_seen_by(user))
    rows = with_work(user, form.chosen(assessments_seen_by(user)), form.wanted_work)
    if wants_csv(request):
        return csv_answer("checklists", CSV, _lines(rows))
    page = rows_page(request, rows, PAGE)
    found = coverages(list(page.object_list))
    mine = waiting_in(user, [row.view for row in found])
    context = {
        "form": form,
        "page": page,
        "rows": [(row, *_in_hand(mine[row.view.pk])) for row in found],
        "without": list(versions_without_assessment(user)[:MOST_WITHOUT]),
        "may_begin": may_anywhere(user, "assessment.answer"),
    }
    return render(request, "checklist/assessment_list.html", context)


def _in_hand(mine: list[AssignmentView]) -> tuple[str, bool]:
    """What the person has in hand of one assessment, in words, and whether some of it is overdue."""
    late = sum(one.is_overdue for one in mine)
    words = [f"{len(mine)} given to you" if mine else "", f"{late} overdue" if late else ""]
    return ", ".join(filter(None, words)), bool(late)


def _lines(rows: QuerySet[Assessment]) -> Iterator[tuple[Any, ...]]:
    """A line for each assessment as it stands now; a hundred of them are read at a time."""
    for some in _batched(rows.iterator(100), 100):
        for row in coverages(some):
            view = row.view
            told = (view.pk, view.subject_label, view.version_stage, view.state, row.answered, row.total)
            counts = [view.counts.get(status, 0) for status in STATUSES]
            handed = (view.submitted_by, view.submitted_at)
            against = (len(view.stale), len(view.gate.questions))
            yield (*told, *counts, *against, *handed, view.subject_kind, view.framework.title)


def _batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of `size`; itertools has it from Python 3.12 on."""
    rows = iter(rows)
    while some := list(islice(rows, size)):
        yield some


@require_GET
def subject_assessments(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Everything that one thing is held against, and what it could be held against next."""
    context = {"page": subject_page(person(request), kind, pk)}
    return render(request, "checklist/subject_assessments.html", context)


@require_GET
def assessment_start(request: HttpRequest) -> HttpResponse:
    """Choose what is to be held against a framework."""
    kind, search = request.GET.get("kind", SYSTEM), request.GET.get("q", "").strip()[:200]
    kind = kind if kind in ASSESSED else SYSTEM
    page = rows_page(request, subjects_listed_for(person(request), kind, search), PAGE)
    context = {"kinds": ASSESSED, "kind": kind, "kind_label": ASSESSED[kind], "search": search, "page": page}
    return render(request, "checklist/assessment_start.html", context)


@require_POST
def assessment_create_view(request: HttpRequest) -> HttpResponse:
    """Hold a thing against a framework, and let the platform answer at once what it can."""
    user, urn = person(request), request.POST.get("framework", GENAIOPS)
    given: dict[str, Any] = {FIELDS[kind]: subject_seen(user, kind, pk) for kind, pk in _named(request)}
    assessment = services.assessment_create(by=user, urn=urn, **given)
    found = services.evidence_collect(by=user, assessment=assessment)
    what = "checklist" if urn == GENAIOPS else "assessment"
    messages.success(request, f"The {what} has begun. The platform found something on {counted(len(found))}.")
    return redirect("checklist:assessment-detail", assessment.pk)


def _named(request: HttpRequest) -> Iterator[tuple[str, int]]:
    """Each kind of thing that was named, with its number; 0, which nothing has, for what is no number."""
    for kind, field in FIELDS.items():
        if number := request.POST.get(field, ""):
            yield kind, int(number) if number.isdecimal() and len(number) < 19 else 0
