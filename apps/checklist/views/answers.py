"""One question with its history, what people say about it, and what supports that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import person
from apps.checklist import services
from apps.checklist.forms import AnswerForm, EvidenceForm, RemarkForm
from apps.checklist.forms.library import CiteForm, DocumentForm
from apps.checklist.models import Assessment
from apps.checklist.queries import answer_history, assessment_seen, framework, present_view
from apps.checklist.queries.reading import next_unanswered, place_of
from apps.checklist.queries.work import work_of
from apps.checklist.rules import AssessmentView, QuestionView
from apps.checklist.rules.values import value_words
from apps.checklist.rules.work import covering
from apps.checklist.views.pieces import cite_context, rights_of, row_of
from apps.checklist.views.work_pieces import talk_context
from apps.core.errors import Conflict, DomainError, NotFound


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """One question with its history; saves what a person says. Where somebody else was quicker, both are shown."""
    assessment = assessment_seen(person(request), pk)
    if request.method == "GET":
        return question_page(request, assessment, question)
    form = AnswerForm.of(_question(present_view(assessment), question), request.POST)
    if not form.is_valid():
        return question_page(request, assessment, question, form=form, status=422)
    said = {name: form.cleaned_data[name] for name in ("status", "text", "reason", "value")}
    seen = {"expect_revision": form.cleaned_data["revision"], "expect_basis": form.cleaned_data["basis"]}
    try:
        services.answer_save(by=person(request), assessment=assessment, question=question, **said, **seen)
    except Conflict as error:
        return _conflict_page(request, assessment, question, error)
    messages.success(request, "Your answer is saved.")
    if "next" in request.POST:
        return _go_on(assessment, question)
    return _back_to(assessment, question)


def _conflict_page(request: HttpRequest, assessment: Assessment, question: str, error: Conflict) -> HttpResponse:
    """What stands now beside what the person wrote. Saving again is then a decision, no accident."""
    view = _question(present_view(assessment), question)
    data: QueryDict = request.POST.copy()
    data["revision"], data["basis"] = str(view.revision), view.basis
    form = AnswerForm.of(view, data)
    return question_page(request, assessment, question, form=form, conflict=error, status=error.status)


@require_POST
def evidence_add_view(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Attach a note or a link to an answer."""
    assessment = assessment_seen(person(request), pk)
    form = EvidenceForm(request.POST)
    if form.is_valid():
        try:
            services.evidence_add(by=person(request), assessment=assessment, question=question, **form.cleaned_data)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The evidence is attached.")
            return _back_to(assessment, question)
    return question_page(request, assessment, question, evidence_form=form, status=422)


def question_page(
    request: HttpRequest,
    assessment: Assessment,
    question: str,
    *,
    form: AnswerForm | None = None,
    evidence_form: EvidenceForm | None = None,
    remark_form: RemarkForm | None = None,
    cite_form: CiteForm | None = None,
    document_form: DocumentForm | None = None,
    conflict: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """One question with everything about it; a form that was refused keeps what was entered."""
    page = present_view(assessment)
    work = work_of(person(request), page)
    view = _question(page, question)
    rights = rights_of(request, assessment)
    context = rights | {
        "assessment": assessment,
        "row": row_of(view, rights["may_answer"]) | ({"form": form} if form else {}),
        "question": view,
        "history": [
            (row, value_words(view.question, view.levels, row.value)) for row in answer_history(assessment, question)
        ],
        "evidence_form": evidence_form or EvidenceForm(),
        "conflict": conflict,
        "hands": covering(page, work.standing, question),
        **talk_context(request, assessment, question, form=remark_form),
        **cite_context(request, assessment, view, cite_form=cite_form, document_form=document_form),
    }
    return render(request, "checklist/question_detail.html", context, status=status)


def _question(view: AssessmentView, question: str) -> QuestionView:
    try:
        return view.question(question)
    except KeyError:
        raise NotFound("This checklist has no such question.", code="question.unknown") from None


def _back_to(assessment: Assessment, question: str) -> HttpResponse:
    return redirect(place_of(assessment.pk, framework(assessment.framework, assessment.framework_version), question))


def _go_on(assessment: Assessment, question: str) -> HttpResponse:
    """To the next question that nobody has answered; to the one just answered where none is left."""
    return _back_to(assessment, next_unanswered(present_view(assessment), question) or question)
