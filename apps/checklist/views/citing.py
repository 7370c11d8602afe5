"""Citing the evidence library from the page of a question, and taking evidence off an answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.queries import person
from apps.checklist import services
from apps.checklist.forms.library import CiteForm, DocumentForm
from apps.checklist.queries import assessment_seen
from apps.checklist.queries.library import version_seen
from apps.checklist.views.answers import question_page
from apps.core.errors import Conflict, Invalid
from apps.core.form_fields import LONGEST_KEY


@require_POST
def evidence_cite_view(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Let the answer cite a document of the library; with `instead`, the newest version of one that it cites."""
    user = person(request)
    assessment = assessment_seen(user, pk)
    form = CiteForm(assessment.team_id, request.POST)
    number = request.POST.get("instead", "")
    try:
        if number.isascii() and number.isdigit() and len(number) <= LONGEST_KEY:
            version, summary = version_seen(user, int(number)), ""
        elif form.is_valid():
            version, summary = form.cleaned_data["version"], form.cleaned_data["summary"]
        else:
            return question_page(request, assessment, question, cite_form=form, status=422)
        services.evidence_cite(by=user, assessment=assessment, question=question, version=version, summary=summary)
    except (Conflict, Invalid) as error:
        form.add_error(None, f"{error.message} {error.remedy}".strip())
        return question_page(request, assessment, question, cite_form=form, status=error.status)
    messages.success(request, f"The answer cites {version} now.")
    return redirect("checklist:answer", pk, question)


@require_POST
def evidence_cite_new_view(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Put a document into the library and let the answer cite it, in one go."""
    user = person(request)
    assessment = assessment_seen(user, pk)
    form = DocumentForm(request.POST, request.FILES, auto_id="document-%s")
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("title", "shows")}
        try:
            services.evidence_cite_new(by=user, assessment=assessment, question=question, content=form.content, **told)
        except (Conflict, Invalid) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, f"“{told['title']}” is in the library, and the answer cites it.")
            return redirect("checklist:answer", pk, question)
    return question_page(request, assessment, question, document_form=form, status=422)


@require_POST
def evidence_drop_view(request: HttpRequest, pk: int, question: str, evidence: int) -> HttpResponse:
    """Take something that was given by hand off the answer."""
    assessment = assessment_seen(person(request), pk)
    services.evidence_drop(
        by=person(request),
        assessment=assessment,
        question=question,
        evidence=evidence,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, "It is off the answer. Earlier answers keep it.")
    return redirect("checklist:answer", pk, question)
