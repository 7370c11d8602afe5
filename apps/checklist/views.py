"""The pages of checklists: the list, one checklist, one question with its history, and the sign-off."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.checklist import services
from apps.checklist.forms import AnswerForm, EvidenceForm, StateForm, WaiverForm
from apps.checklist.models import Assessment
from apps.checklist.queries import answer_history, assessment_seen, assessments_seen_by, present_view, waiver_seen
from apps.checklist.queries.pages import coverage_of, coverages, deciders_of, page_of, versions_without_assessment
from apps.checklist.rules import APPROVED, REFUSED, STATUSES, SUBMITTED, AssessmentView, GateItem, QuestionView
from apps.core.errors import Conflict, DomainError, NotFound
from apps.core.form_fields import attempt
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.registry.queries import version_seen
from apps.registry.rules import RETIRED

PAGE = 25
CSV = (
    *("id", "version", "stage", "state", "answered", "questions"),
    *STATUSES,
    *("stale", "against approval", "handed in by", "handed in"),
)
T = TypeVar("T")
MOST_WITHOUT = 8
BLOCKING_SHOWN = 6


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
    messages.success(request, f"The checklist has begun. The platform found something on {_questions(len(found))}.")
    return redirect("checklist:assessment-detail", assessment.pk)


@require_GET
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One checklist: every question with its answer, its evidence and what to do next."""
    return _assessment_page(request, assessment_seen(person(request), pk))


def _assessment_page(
    request: HttpRequest, assessment: Assessment, *, waiver_form: WaiverForm | None = None, status: int = 200
) -> HttpResponse:
    view = present_view(assessment)
    rights = _rights(request, assessment)
    deciders = deciders_of(person(request), assessment)
    may_waive = may(person(request), "waiver.grant", assessment.team_id) and not deciders.own_part
    blocking = [question for question in view.questions if question.problems]
    context = rights | {
        "assessment": assessment,
        "view": view,
        "coverage": coverage_of(view),
        "blocking": blocking[:BLOCKING_SHOWN],
        "more_blocking": blocking[BLOCKING_SHOWN:],
        "groups": [(group, [_row(q, rights["may_answer"]) for q in group.questions]) for group in view.groups],
        "uncollected": sum(len(question.uncollected) for question in view.questions),
        "deciders": deciders,
        "conflicts": _conflict_rows(view, waiver_form) if may_waive else [(item, None) for item in view.conflicts],
        "may_waive": may_waive,
    }
    return render(request, "checklist/assessment_detail.html", context, status=status)


def _conflict_rows(view: AssessmentView, refused: WaiverForm | None) -> list[tuple[GateItem, WaiverForm]]:
    """Every conflict that stands, with a form to waive it; the one that was refused keeps what was entered."""
    rows = []
    for item in view.conflicts:
        is_refused = refused is not None and refused.data.get("conflict") == item.conflict
        fresh = WaiverForm(initial={"conflict": item.conflict}, auto_id=f"waive-{item.conflict[:8]}-%s")
        rows.append((item, refused if refused is not None and is_refused else fresh))
    return rows


@require_POST
def waiver_grant_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a conflict of licences stand until a day."""
    assessment = assessment_seen(person(request), pk)
    form = WaiverForm(request.POST, auto_id=f"waive-{request.POST.get('conflict', '')[:8]}-%s")
    waiver = attempt(form, services.waiver_grant, by=person(request), assessment=assessment)
    if waiver is None:
        return _assessment_page(request, assessment, waiver_form=form, status=422)
    messages.success(request, f"The conflict may stand until {waiver.expires_on:%d %B %Y}.")
    return redirect(f"{reverse('checklist:assessment-detail', args=[pk])}#licences")


@require_POST
def waiver_revoke_view(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    """Take a waiver back."""
    assessment = assessment_seen(person(request), pk)
    found = waiver_seen(person(request), waiver, assessment)
    services.waiver_revoke(by=person(request), waiver=found, reason=request.POST.get("reason", ""))
    messages.success(request, "The waiver is taken back: its conflict stands against approval again.")
    return redirect(f"{reverse('checklist:assessment-detail', args=[pk])}#licences")


def _rights(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    """What this person may do here, given the assessment's state."""
    user, is_alive = person(request), assessment.version.stage != RETIRED
    may_answer = is_alive and may(user, "assessment.answer", assessment.team_id)
    return {
        "may_answer": may_answer,
        "may_submit": may_answer and assessment.state not in (SUBMITTED, APPROVED),
        "is_approver": may(user, "assessment.decide", assessment.team_id),
        "reopens": assessment.state in (SUBMITTED, APPROVED, REFUSED),
    }


def _row(view: QuestionView, may_answer: bool) -> dict[str, Any]:
    return {
        "view": view,
        "form": AnswerForm.of(view) if may_answer else None,
        "evidence": [(item, page_of(item)) for item in view.evidence],
        "problems": list(dict.fromkeys(view.problems)),
        "has_words": bool(view.answer and (view.answer.text or view.answer.reason)),
    }


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """One question with its history; saves what a person says. Where somebody else was quicker, both are shown."""
    assessment = assessment_seen(person(request), pk)
    if request.method == "GET":
        return _question_page(request, assessment, question)
    form = AnswerForm.of(_question(present_view(assessment), question), request.POST)
    if not form.is_valid():
        return _question_page(request, assessment, question, form=form, status=422)
    said = {name: form.cleaned_data[name] for name in ("status", "text", "reason")}
    seen = {"expect_revision": form.cleaned_data["revision"], "expect_basis": form.cleaned_data["basis"]}
    try:
        services.answer_save(by=person(request), assessment=assessment, question=question, **said, **seen)
    except Conflict as error:
        return _conflict_page(request, assessment, question, error)
    messages.success(request, "Your answer is saved.")
    return _back_to(assessment, question)


def _conflict_page(request: HttpRequest, assessment: Assessment, question: str, error: Conflict) -> HttpResponse:
    """What stands now beside what the person wrote. Saving again is then a decision, no accident."""
    view = _question(present_view(assessment), question)
    data: QueryDict = request.POST.copy()
    data["revision"], data["basis"] = str(view.revision), view.basis
    form = AnswerForm.of(view, data)
    return _question_page(request, assessment, question, form=form, conflict=error, status=error.status)


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
    return _question_page(request, assessment, question, evidence_form=form, status=422)


def _question_page(
    request: HttpRequest,
    assessment: Assessment,
    question: str,
    *,
    form: AnswerForm | None = None,
    evidence_form: EvidenceForm | None = None,
    conflict: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    view = _question(present_view(assessment), question)
    rights = _rights(request, assessment)
    context = rights | {
        "assessment": assessment,
        "row": _row(view, rights["may_answer"]) | ({"form": form} if form else {}),
        "question": view,
        "history": answer_history(assessment, question),
        "evidence_form": evidence_form or EvidenceForm(),
        "conflict": conflict,
    }
    return render(request, "checklist/question_detail.html", context, status=status)


def _question(view: AssessmentView, question: str) -> QuestionView:
    try:
        return view.question(question)
    except KeyError:
        raise NotFound("This checklist has no such question.", code="question.unknown") from None


def _back_to(assessment: Assessment, question: str) -> HttpResponse:
    return redirect(f"{reverse('checklist:assessment-detail', args=[assessment.pk])}#{question}")


@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring every answer up to date with what the platform finds now."""
    assessment = assessment_seen(person(request), pk)
    found = services.evidence_collect(by=person(request), assessment=assessment)
    if found:
        messages.success(request, f"There is something new on {_questions(len(found))}.")
    else:
        messages.info(request, "Nothing new was found: the evidence is as it was.")
    return redirect("checklist:assessment-detail", pk)


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the checklist to a second person."""
    services.assessment_submit(by=person(request), assessment=assessment_seen(person(request), pk))
    messages.success(request, "The checklist now waits for a second person to decide.")
    return redirect("checklist:assessment-detail", pk)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse."""
    assessment = assessment_seen(person(request), pk)
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    services.assessment_decide(by=person(request), assessment=assessment, decision=decision, reason=reason)
    words = "approved and may now be deployed" if decision == APPROVED else "refused"
    messages.success(request, f"{assessment.version} is {words}.")
    return redirect("checklist:assessment-detail", pk)


def _questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"
