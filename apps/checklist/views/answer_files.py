"""An assessment as a file, and filling it in from one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import person
from apps.accounts.rules import who_may
from apps.checklist import services
from apps.checklist.forms.answer_files import AnswerFileForm, TakeForm, rows_kept
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_seen
from apps.checklist.queries.answer_files import exported
from apps.checklist.rules.answer_files import Preview
from apps.checklist.views.pieces import counted, rights_of
from apps.core.errors import Conflict, Invalid
from apps.core.spreadsheets import MOST_BYTES


@require_GET
def assessment_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every answer with all that is on record about it, as a workbook or as CSV."""
    user = person(request)
    return exported(assessment_seen(user, pk), made_for=str(user), kind=request.GET.get("as", "xlsx"))


@require_http_methods(["GET", "POST"])
def assessment_fill_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a file of answers: look at what it would change, then take it."""
    assessment = assessment_seen(person(request), pk)
    if request.method == "GET":
        return _page(request, assessment, AnswerFileForm())
    if "rows" in request.POST:
        return _take(request, assessment)
    form, found = AnswerFileForm(request.POST, request.FILES), None
    if form.is_valid():
        try:
            found = services.answers_checked(by=person(request), assessment=assessment, content=form.content())
        except Invalid as refused:
            form.add_error("file", f"{refused.message} {refused.remedy}")
    return _page(request, assessment, form, found)


def _take(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Write the rows that were shown; where something changed meanwhile, nothing is written, and the page says so."""
    form, again = TakeForm(request.POST), AnswerFileForm()
    if not form.is_valid():
        return _page(request, assessment, again, refused="These rows cannot be read. Bring the file again.")
    try:
        written = services.answers_import(by=person(request), assessment=assessment, **form.cleaned_data["rows"])
    except (Conflict, Invalid) as refused:
        sentence = f"Nothing was written. {refused.message} Bring the file again to see what stands now."
        return _page(request, assessment, again, refused=sentence, status=refused.status)
    messages.success(request, f"Your answers to {counted(written)} are saved.")
    return redirect("checklist:assessment-detail", assessment.pk)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    form: AnswerFileForm,
    found: Preview | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = rows_kept(found.given, found.digest) if found and found.accepted else ""
    context = rights_of(request, assessment) | {
        "assessment": assessment,
        "who": who_may("assessment.answer"),
        "form": form,
        "preview": found,
        "rows": rows,
        "is_too_much": len(rows.encode()) > MOST_BYTES,
        "refused": refused,
    }
    code = 422 if form.is_bound and found is None else status
    return render(request, "checklist/assessment_fill_in.html", context, status=code)
