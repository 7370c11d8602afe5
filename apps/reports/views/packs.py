"""The pages of audit packs: the list, one pack while and after it is made, its files, and checking a pack."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, person, team_ids_where
from apps.core import storage
from apps.core.errors import DomainError, NotFound
from apps.core.form_fields import posted, status_of
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.core.rules import SUCCEEDED
from apps.registry.queries import version_seen, versions_seen_by
from apps.reports.forms import VerifyForm
from apps.reports.models import ReportRun
from apps.reports.queries import pack_check, report_seen, reports_seen_by
from apps.reports.services import report_start

PAGE = 25
NEWEST_VERSIONS = 100
CSV = ("id", "version", "state", "by", "created", "pages", "pdf sha256", "json sha256", "zip sha256")
TYPES = {"pdf": "application/pdf", "zip": "application/zip", "json": "application/json"}


@require_GET
def report_list(request: HttpRequest) -> HttpResponseBase:
    """Every audit pack that the person sees, and a form to make one."""
    user = person(request)
    reports = reports_seen_by(user).defer("log", "config")
    if wants_csv(request):
        return csv_answer("audit-packs", CSV, (_line(row) for row in reports.iterator(500)))
    versions = versions_seen_by(user).filter(team_id__in=team_ids_where(user, "report.create"))
    newest = versions.exclude(manifest_digest="").order_by("-created_at", "-pk")[:NEWEST_VERSIONS]
    return render(
        request, "reports/report_list.html", {"page": rows_page(request, reports, PAGE), "versions": list(newest)}
    )


def _line(report: ReportRun) -> tuple[Any, ...]:
    digests = (report.pdf_digest, report.json_digest, report.zip_digest)
    return (report.pk, report.version, report.state, report.created_by.name, report.created_at, report.pages, *digests)


@require_POST
def report_create(request: HttpRequest) -> HttpResponse:
    """Queue an audit pack."""
    number = request.POST.get("version", "")
    version = version_seen(person(request), int(number) if number.isdecimal() and len(number) < 19 else 0)
    run = report_start(by=person(request), version=version)
    messages.success(request, "The audit pack is being made. You may leave this page.")
    return redirect("reports:report-detail", run.pk)


@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One audit pack; while it is being made, htmx asks again for the part that moves."""
    report = report_seen(person(request), pk)
    may_retry = not report.is_open and report.state != SUCCEEDED and may(person(request), "run.retry", report.team_id)
    name = "reports/_report.html" if getattr(request, "htmx", False) else "reports/report_detail.html"
    return render(request, name, {"report": report, "may_retry": may_retry})


@require_GET
def report_download(request: HttpRequest, pk: int, form: str) -> FileResponse:
    """One file of a finished pack; the ETag is its SHA-256."""
    report = report_seen(person(request), pk)
    digest = _digest_of(report, form)
    if not digest:
        raise NotFound("This audit pack has no such file.", remedy="Wait until it is ready.")
    filename = f"audit-pack-{report.version.model.name}-v{report.version.number}-{report.pk}.{form}"
    answer = FileResponse(storage.open(digest), as_attachment=True, filename=filename, content_type=TYPES[form])
    answer["ETag"] = f'"{digest}"'
    return answer


def _digest_of(report: ReportRun, form: str) -> str:
    return {"pdf": report.pdf_digest, "zip": report.zip_digest, "json": report.json_digest}.get(form, "")


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a pack that somebody brings; nothing of it is kept."""
    form = VerifyForm(posted(request), request.FILES or None)
    if not form.is_valid():
        return render(request, "reports/verify.html", {"form": form}, status=status_of(form))
    try:
        check = pack_check(
            person(request), form.cleaned_data["pack"].file, expected=form.cleaned_data["digest"].lower()
        )
    except DomainError as error:
        form.add_error("pack", error.message)
        return render(request, "reports/verify.html", {"form": form}, status=error.status)
    context = {"form": VerifyForm(), "check": check, "has_digest": bool(form.cleaned_data["digest"])}
    return render(request, "reports/verify.html", context)
