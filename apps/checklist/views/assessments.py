"""One checklist: its page, fresh evidence, and the sign-off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import may, person
from apps.checklist import services
from apps.checklist.forms import WaiverForm
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_seen, present_view
from apps.checklist.queries.pages import coverage_of, deciders_of
from apps.checklist.queries.quality import quality_of
from apps.checklist.queries.reading import Reading, is_long, reading_of
from apps.checklist.queries.upgrades import upgrade_offered
from apps.checklist.queries.work import work_of
from apps.checklist.rules import APPROVED, AssessmentView, GateItem
from apps.checklist.views.pieces import counted, rights_of, row_of
from apps.core.form_fields import key_named

BLOCKING_SHOWN = 6


@require_GET
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One checklist: every question with its answer, its evidence and what to do next."""
    return assessment_page(request, assessment_seen(person(request), pk))


def assessment_page(
    request: HttpRequest, assessment: Assessment, *, waiver_form: WaiverForm | None = None, status: int = 200
) -> HttpResponse:
    view = present_view(assessment)
    reading = _reading(request, view)
    rights = rights_of(request, assessment)
    deciders = deciders_of(person(request), assessment, view)
    may_waive = may(person(request), "waiver.grant", assessment.team_id) and not deciders.own_part
    work = work_of(person(request), view)
    over = {section.group.id: work.over(section) for section in view.framework.sections}
    blocking = [question for question in view.questions if question.problems]
    context = rights | {
        "assessment": assessment,
        "view": view,
        "newer": upgrade_offered(assessment),
        "coverage": coverage_of(view),
        "quality": quality_of(assessment, view),
        "blocking": blocking[:BLOCKING_SHOWN],
        "stand_open": len(blocking),
        "more_blocking": blocking[BLOCKING_SHOWN:],
        "reading": reading,
        "is_long": is_long(view.framework),
        "groups": [
            (group, [row_of(q, rights["may_answer"], work) for q in items], over.get(group.group.id, []))
            for group, items in reading.groups
        ],
        "work": work,
        "whole": work.of(),
        "uncollected": sum(len(question.uncollected) for question in view.questions),
        "deciders": deciders,
        "is_approver": deciders.is_one,
        "has_signed": any(one.decided_by_id == person(request).pk for one in view.signed),
        "conflicts": _conflict_rows(view, waiver_form) if may_waive else [(item, None) for item in view.conflicts],
        "may_waive": may_waive,
    }
    return render(request, "checklist/assessment_detail.html", context, status=status)


def _reading(request: HttpRequest, view: AssessmentView) -> Reading:
    """The part that the address asks for."""
    asked = {name: request.GET.get(name, "") for name in ("show", "group", "question")}
    return reading_of(view, **asked, page=key_named(request, "page") or 1)


def _conflict_rows(view: AssessmentView, refused: WaiverForm | None) -> list[tuple[GateItem, WaiverForm]]:
    """Every conflict that stands, with a form to waive it; the one that was refused keeps what was entered."""
    rows = []
    for item in view.conflicts:
        is_refused = refused is not None and refused.data.get("conflict") == item.conflict
        fresh = WaiverForm(initial={"conflict": item.conflict}, auto_id=f"waive-{item.conflict[:8]}-%s")
        rows.append((item, refused if refused is not None and is_refused else fresh))
    return rows


@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring every answer up to date with what the platform finds now."""
    assessment = assessment_seen(person(request), pk)
    found = services.evidence_collect(by=person(request), assessment=assessment)
    if found:
        messages.success(request, f"There is something new on {counted(len(found))}.")
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
    made = services.assessment_decide(by=person(request), assessment=assessment, decision=decision, reason=reason)
    words = "refused"
    if not made.is_final:
        words = "signed; it is approved when the last sign-off that is missing is given"
    elif decision == APPROVED:
        words = "approved and may now be deployed" if assessment.moves_stage else "approved"
    messages.success(request, f"{assessment.subject if assessment.moves_stage else assessment} is {words}.")
    return redirect("checklist:assessment-detail", pk)
