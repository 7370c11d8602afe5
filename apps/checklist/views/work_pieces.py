"""What the pages of an assessment and of its questions show alike of working on it together."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.queries import may, person
from apps.checklist.forms import RemarkForm
from apps.checklist.models import Assessment
from apps.checklist.queries.discussions import is_asked, talk_of


def talk_context(
    request: HttpRequest, assessment: Assessment, question: str = "", *, form: RemarkForm | None = None
) -> dict[str, Any]:
    """What was said about a question, or about the whole, and what the person may add to it."""
    user, team = person(request), assessment.team_id
    return {
        "talk": talk_of(user, assessment.pk, question),
        "may_write": may(user, "remark.write", team),
        "may_say": may(user, "remark.write", team) and is_asked(assessment, question),
        "may_withdraw": may(user, "remark.withdraw", team),
        "sees_talk": may(user, "team.view", team),
        "remark_form": form or RemarkForm(initial={"question": question}),
    }
