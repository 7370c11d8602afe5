"""What several pages of checklists show alike."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.queries import may, person
from apps.checklist.forms import AnswerForm
from apps.checklist.forms.library import CiteForm, DocumentForm
from apps.checklist.models import Assessment
from apps.checklist.queries.pages import page_of
from apps.checklist.queries.work import Work
from apps.checklist.rules import APPROVED, REFUSED, SUBMITTED, QuestionView
from apps.registry.rules import RETIRED


def rights_of(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    """What this person may do here, given the assessment's state."""
    version = assessment.version
    user, is_alive = person(request), version is None or version.stage != RETIRED
    may_answer = is_alive and may(user, "assessment.answer", assessment.team_id)
    return {
        "may_answer": may_answer,
        "may_read_library": may(user, "evidence.read", assessment.team_id),
        "may_submit": may_answer and assessment.state not in (SUBMITTED, APPROVED),
        "reopens": assessment.state in (SUBMITTED, APPROVED, REFUSED),
    }


def row_of(view: QuestionView, may_answer: bool, work: Work | None = None) -> dict[str, Any]:
    """One question as pages show it; with `work`, who has it in hand and what is being said about it."""
    return {
        "view": view,
        "form": AnswerForm.of(view) if may_answer else None,
        "evidence": [(item, page_of(item)) for item in view.evidence],
        "problems": list(dict.fromkeys(view.problems)),
        "hands": work.of(question=view.id) if work else None,
        "talk": work.talks.get(view.id) if work else None,
        "has_words": bool(view.answer and view.answer.has_statement),
    }


def cite_context(
    request: HttpRequest,
    assessment: Assessment,
    view: QuestionView,
    *,
    cite_form: CiteForm | None = None,
    document_form: DocumentForm | None = None,
) -> dict[str, Any]:
    """What the page of a question asks about the evidence library of those who may answer it."""
    user = person(request)
    if not may(user, "assessment.answer", assessment.team_id):
        return {}
    may_add = may(user, "evidence.edit", assessment.team_id)
    return {
        "change": {"assessment": assessment.pk, "question": view.id} if view.taken_from is None else None,
        "cite_form": cite_form or CiteForm(assessment.team_id),
        "document_form": document_form or (DocumentForm(auto_id="document-%s") if may_add else None),
        "open_library": "cite" if cite_form else "document" if document_form else "",
    }


def counted(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"
