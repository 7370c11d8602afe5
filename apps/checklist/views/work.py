"""Who does what of an assessment, and what people say about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.checklist import services
from apps.checklist.forms import AssignmentForm, RemarkForm
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_seen, present_view
from apps.checklist.queries.discussions import discussion_seen, is_asked, remark_seen, talk_page
from apps.checklist.queries.work import assignment_seen, may_end, people_who_answer, work_of
from apps.checklist.rules import AssessmentView
from apps.checklist.rules.work import part_label
from apps.checklist.views.answers import question_page
from apps.checklist.views.pieces import rights_of
from apps.checklist.views.work_pieces import talk_context
from apps.core.form_fields import attempt, posted, status_of


@require_http_methods(["GET", "POST"])
def work_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who does what, with the form that gives a part to somebody, and the discussion of the whole."""
    assessment = assessment_seen(person(request), pk)
    view = present_view(assessment)
    form = _form(request, assessment, view, posted(request))
    if request.method == "POST":
        given = attempt(form, services.assignment_give, by=person(request), assessment=assessment)
        if given is not None:
            messages.success(request, f"{given.person} has it now: {part_label(view, given.group, given.question)}.")
            return redirect("checklist:work", pk)
    return _page(request, assessment, view, form)


def _form(request: HttpRequest, assessment: Assessment, view: AssessmentView, sent: QueryDict | None) -> AssignmentForm:
    user = person(request)
    people = people_who_answer(assessment.team) if may(user, "assignment.give", assessment.team_id) else [user]
    asked = {name: request.GET.get(name, "") for name in ("group", "question")}
    return AssignmentForm(sent, view=view, people=people, asked=asked)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    view: AssessmentView,
    form: AssignmentForm,
    *,
    remark_form: RemarkForm | None = None,
) -> HttpResponse:
    work = work_of(person(request), view)
    rights = rights_of(request, assessment)
    about = "" if is_asked(assessment, request.GET.get("about", "")) else request.GET["about"]
    context = rights | {
        "assessment": assessment,
        "view": view,
        "work": work,
        "standing": [(one, may_end(person(request), one, assessment.team_id)) for one in work.standing],
        "form": form if rights["may_submit"] else None,
        "talks": [
            (one, part_label(view, "", one.question), talk_page(one)) for one in work.talks.values() if one.question
        ],
        "heading": f"About “{about}”, which is not asked any more" if about else "About the whole assessment",
        **talk_context(request, assessment, about, form=remark_form),
    }
    refused = 422 if remark_form is not None else status_of(form)
    return render(request, "checklist/work.html", context, status=refused)


@require_POST
def assignment_end_view(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    """Take a part back."""
    assessment = assessment_seen(person(request), pk)
    found = assignment_seen(person(request), assignment, assessment)
    services.assignment_end(by=person(request), assignment=found, reason=request.POST.get("reason", ""))
    messages.success(request, "It is taken back: nobody has this part now.")
    return redirect("checklist:work", pk)


@require_POST
def remark_write_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a question, or about the whole."""
    assessment = assessment_seen(person(request), pk)
    form = RemarkForm(request.POST)
    remark = attempt(form, services.remark_write, by=person(request), assessment=assessment)
    if remark is not None:
        messages.success(request, "Your remark stands.")
        return redirect(talk_page(remark.discussion))
    if question := str(form.cleaned_data.get("question", "")):
        return question_page(request, assessment, question, remark_form=form, status=422)
    view = present_view(assessment)
    return _page(request, assessment, view, _form(request, assessment, view, None), remark_form=form)


@require_POST
def remark_withdraw_view(request: HttpRequest, pk: int, remark: int) -> HttpResponse:
    """Take a remark back."""
    found = remark_seen(person(request), remark, assessment_seen(person(request), pk))
    services.remark_withdraw(by=person(request), remark=found)
    messages.success(request, "The remark is withdrawn; its words are gone.")
    return redirect(talk_page(found.discussion))


@require_POST
def discussion_settle_view(request: HttpRequest, pk: int, discussion: int) -> HttpResponse:
    """Say that a discussion has come to its end."""
    found = discussion_seen(person(request), discussion, assessment_seen(person(request), pk))
    services.discussion_settle(by=person(request), discussion=found)
    messages.success(request, "The discussion is settled.")
    return redirect(talk_page(found))


@require_POST
def discussion_reopen_view(request: HttpRequest, pk: int, discussion: int) -> HttpResponse:
    """Say that a discussion has not come to its end after all."""
    found = discussion_seen(person(request), discussion, assessment_seen(person(request), pk))
    services.discussion_reopen(by=person(request), discussion=found)
    messages.success(request, "The discussion is open again.")
    return redirect(talk_page(found))
