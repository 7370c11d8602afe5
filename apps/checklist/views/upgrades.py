"""Moving an assessment to a newer version of its framework, and the answers that nobody asks for any more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import may, person
from apps.checklist import services
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_seen
from apps.checklist.queries.frameworks import framework
from apps.checklist.queries.upgrades import no_longer_asked, old_questions, upgrade_offered, upgrade_report
from apps.checklist.rules.frameworks import KEPT


@require_http_methods(["GET", "POST"])
def assessment_upgrade_view(request: HttpRequest, pk: int) -> HttpResponse:
    """What a newer version would change, with the choice to move; and what is no longer asked."""
    assessment = assessment_seen(person(request), pk)
    if request.method == "POST":
        report = services.assessment_upgrade(by=person(request), assessment=assessment)
        messages.success(request, f"Now on version {report.after.version}. Every answer that was given is kept.")
        return redirect("checklist:assessment-upgrade", pk)
    return render(request, "checklist/assessment_upgrade.html", _context(request, assessment))


def _context(request: HttpRequest, assessment: Assessment) -> dict[str, object]:
    offered = upgrade_offered(assessment)
    words = old_questions(assessment)
    return {
        "assessment": assessment,
        "framework": framework(assessment.framework, assessment.framework_version),
        "report": upgrade_report(assessment) if offered else None,
        "kept": KEPT,
        "gone": [(answer, words.get(answer.question, answer.question)) for answer in no_longer_asked(assessment)],
        "may_answer": may(person(request), "assessment.answer", assessment.team_id),
    }
