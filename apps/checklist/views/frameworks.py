"""The framework browser: the list, one framework as a tree, its versions, and loading one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import may_anywhere, person
from apps.accounts.rules import who_may
from apps.checklist import services
from apps.checklist.forms.frameworks import FrameworkForm
from apps.checklist.queries.framework_pages import framework_page, framework_rows
from apps.checklist.queries.frameworks import framework, framework_seen_versions, framework_text, unreadable
from apps.checklist.queries.scoring import MOST_COMPARED, comparison
from apps.checklist.queries.upgrades import report_before_loading, report_between
from apps.checklist.rules import Framework
from apps.checklist.rules.frameworks import KEPT, Problem
from apps.core.errors import Conflict
from apps.core.form_fields import posted, status_of
from apps.core.listing import csv_answer, wants_csv

SEARCH_MOST = 200


@require_GET
def framework_list(request: HttpRequest) -> HttpResponse:
    """Every framework, in its newest version."""
    user = person(request)
    may_load = may_anywhere(user, services.LOAD)
    context = {"rows": framework_rows(user), "may_load": may_load, "unreadable": unreadable()}
    return render(request, "checklist/framework_list.html", context)


@require_GET
def framework_detail(request: HttpRequest, urn: str) -> HttpResponse:
    """One version of a framework as a tree, with search."""
    search = request.GET.get("q", "")[:SEARCH_MOST]
    page = framework_page(urn, _number(request, "version"), search)
    context = {
        "page": page,
        "framework": page.framework,
    }
    return render(request, "checklist/framework_detail.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 10 else None


@require_http_methods(["GET", "POST"])
def framework_load_view(request: HttpRequest) -> HttpResponse:
    """Bring a framework: look at what the file holds, then load it for everybody."""
    user = person(request)
    form = FrameworkForm(posted(request), request.FILES or None)
    problems: tuple[Problem, ...] = ()
    checked: Framework | None = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            checked = services.framework_checked(by=user, **given)
            if "load" in request.POST:
                row = services.framework_load(by=user, **given)
                messages.success(request, f"{row} is loaded. Everybody on this site may use it now.")
                return redirect("checklist:framework-detail", row.urn)
        except services.FrameworkRefused as refused:
            problems = refused.problems
        except Conflict as refused:
            form.add_error(None, f"{refused.message} {refused.remedy}")
    context = {
        "form": form,
        "problems": problems,
        "checked": checked,
        "report": report_before_loading(checked) if checked else None,
        "kept": KEPT,
        "may_load": may_anywhere(user, services.LOAD),
        "who": who_may(services.LOAD),
    }
    return render(request, "checklist/framework_load.html", context, status=200 if checked else status_of(form))


@require_GET
def framework_file(request: HttpRequest, urn: str) -> HttpResponse:
    """The file of one version, word for word, to keep or to start one's own from."""
    used = framework(urn, _number(request, "version"))
    name = f"{used.urn.rpartition(':')[2]}-{used.version}.yaml"
    headers = {"Content-Disposition": str(content_disposition_header(True, name))}
    return HttpResponse(framework_text(used), content_type="application/yaml; charset=utf-8", headers=headers)


@require_GET
def framework_changes(request: HttpRequest, urn: str) -> HttpResponse:
    """What changed between two versions of a framework."""
    versions = sorted(one.framework.version for one in framework_seen_versions(urn))
    after = _number(request, "after") or versions[-1]
    before = _number(request, "before") or max((one for one in versions if one < after), default=versions[0])
    found = None if len(versions) == 1 else report_between(urn, before, after)
    context = {"framework": framework(urn), "versions": versions, "report": found, "kept": KEPT}
    return render(request, "checklist/framework_changes.html", context)


@require_GET
def framework_scores(request: HttpRequest, urn: str) -> HttpResponseBase:
    """Assessments against a rubric side by side, with subtotals."""
    used = framework(urn, _number(request, "version"))
    pks = [int(text) for text in request.GET.getlist("of") if text.isascii() and text.isdecimal() and len(text) < 19]
    found = comparison(person(request), used, pks, with_questions="questions" in request.GET or wants_csv(request))
    if wants_csv(request):
        heads = ("level", "id", "name", *(str(one.assessment.subject) for one in found.columns))
        lines = [(row.depth, row.id, row.label, *(score.points for score in row.scores)) for row in found.rows]
        return csv_answer("scores", heads, [*lines, ("", "", "total", *(one.points for one in found.totals))])
    context = {
        "found": found,
        "framework": used,
        "has_questions": "questions" in request.GET,
        "more": _with_questions(request, urn),
        "most": MOST_COMPARED,
    }
    return render(request, "checklist/framework_scores.html", context)


def _with_questions(request: HttpRequest, urn: str) -> str:
    """The same comparison with every question, or without them."""
    query = [(name, value) for name, value in request.GET.items() if name not in ("questions", "of")]
    query += [("of", value) for value in request.GET.getlist("of")]
    query += [] if "questions" in request.GET else [("questions", "1")]
    return f"{reverse('checklist:framework-scores', args=[urn])}?{urlencode(query)}"
