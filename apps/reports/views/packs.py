"""The pages of what was made: the list, one document while and after it is made, and its files."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import may, person
from apps.core import storage
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.core.rules import SUCCEEDED
from apps.reports.forms import ReportFilterForm
from apps.reports.models import ReportRun
from apps.reports.queries import report_seen
from apps.reports.queries.kinds import FORMS, title_of
from apps.reports.queries.packs import may_have_files, pack_file_for, packed_documents, reports_listed_for, titled
from apps.reports.queries.subjects import page_of_subject

PAGE = 25
ABOUT = ("id", "document", "audience", "about", "subject", "state", "by", "created", "pages")
CSV = (*ABOUT, *(f"{form} sha256" for form in FORMS))


@require_GET
def report_list(request: HttpRequest) -> HttpResponseBase:
    """Every document that the person sees, newest first."""
    user, form = person(request), ReportFilterForm(request.GET)
    rows = reports_listed_for(user, form.cleaned_data if form.is_valid() else {})
    if wants_csv(request):
        return csv_answer("documents", CSV, (_line(row) for row in rows.iterator(500)))
    page = rows_page(request, rows, PAGE)
    context = {"form": form, "page": page, "reports": titled(page.object_list, user)}
    return render(request, "reports/report_list.html", context)


def _line(report: ReportRun) -> tuple[Any, ...]:
    digests = report.digests
    about = (report.pk, title_of(report.document), report.audience, report.get_subject_kind_display())
    made = (report.subject_label, report.state, report.created_by.name, report.created_at, report.pages)
    return (*about, *made, *(digests.get(form, "") for form in FORMS))


@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One document or audit pack; while it is being made, htmx asks again for the part that moves."""
    user = person(request)
    report = report_seen(user, pk)
    may_retry = not report.is_open and report.state != SUCCEEDED and may(user, "run.retry", report.team_id)
    name = "reports/_report.html" if getattr(request, "htmx", False) else "reports/report_detail.html"
    context = {
        "report": report,
        "row": titled([report], user)[0],
        "is_hidden": not may_have_files(user, report),
        "may_retry": may_retry,
        "subject_page": page_of_subject(report.subject_kind, report.subject_id),
        "standing": (report.result or {}).get("standing"),
        "packed": packed_documents(report),
    }
    return render(request, name, context)


@require_GET
def report_download(request: HttpRequest, pk: int, form: str) -> FileResponse:
    """One file of a finished document or pack; the ETag is its SHA-256."""
    user = person(request)
    found = pack_file_for(user, report_seen(user, pk), form)
    answer = FileResponse(
        storage.open(found.digest), as_attachment=True, filename=found.filename, content_type=found.content_type
    )
    answer["ETag"] = f'"{found.digest}"'
    return answer
