"""What is odd about the answers of an assessment, as a table."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import person
from apps.checklist.forms.quality import QualityForm
from apps.checklist.queries import assessment_seen, present_view
from apps.checklist.queries.quality import quality_of
from apps.core.listing import csv_answer, rows_page, wants_csv

PAGE = 50
CSV = ("id", "severity", "check", "question", "asked", "message", "what to do")


@require_GET
def quality_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Each check that found something, with the question and what to do."""
    assessment = assessment_seen(person(request), pk)
    view = present_view(assessment)
    found = quality_of(assessment, view)
    form = QualityForm(request.GET or None, found=found)
    items = form.chosen()
    if wants_csv(request):
        lines = [(i.id, i.severity, i.check.title, i.question, i.asked, i.message, i.remedy) for i in items]
        return csv_answer(f"quality-{assessment.pk}", CSV, lines)
    page = rows_page(request, items, PAGE)
    context = {
        "assessment": assessment,
        "view": view,
        "found": found,
        "form": form,
        "page": page,
        "lines": found.lines(list(page.object_list)),
    }
    return render(request, "checklist/quality.html", context)
