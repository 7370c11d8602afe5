"""What several pages of checklists show alike."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.queries import may, person
from apps.checklist.forms import AnswerForm
from apps.checklist.models import Assessment
from apps.checklist.queries.pages import page_of
from apps.checklist.rules import APPROVED, REFUSED, SUBMITTED, QuestionView
from apps.registry.rules import RETIRED


def rights_of(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    """What this person may do here, given the assessment's state."""
    version = assessment.version
    user, is_alive = person(request), version is None or version.stage != RETIRED
    may_answer = is_alive and may(user, "assessment.answer", assessment.team_id)
    return {
        "may_answer": may_answer,
        "may_submit": may_answer and assessment.state not in (SUBMITTED, APPROVED),
        "reopens": assessment.state in (SUBMITTED, APPROVED, REFUSED),
    }


def row_of(view: QuestionView, may_answer: bool) -> dict[str, Any]:
    return {
        "view": view,
        "form": AnswerForm.of(view) if may_answer else None,
        "evidence": [(item, page_of(item)) for item in view.evidence],
        "problems": list(dict.fromkeys(view.problems)),
        "has_words": bool(view.answer and view.answer.has_statement),
    }


def counted(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"
