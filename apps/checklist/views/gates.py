"""Why the gate is as it is, rule by rule, and the decisions that were taken on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import may, person
from apps.checklist import services
from apps.checklist.forms import WaiverForm
from apps.checklist.models import Assessment
from apps.checklist.queries import assessment_seen, present_view, sign_offs_seen_by
from apps.checklist.queries.explaining import sign_offs_missing
from apps.checklist.queries.pages import deciders_of
from apps.checklist.queries.policies import policy_row
from apps.checklist.rules.policies.outcomes import CANNOT_TELL, MET, NOT_MET, WAITING, WAIVED, RuleOutcome
from apps.core.errors import NotFound
from apps.core.form_fields import attempt

SHOWN = 8  # reasons of one rule that stand open; the rest is folded away
MOST_FORMS = 60
_PARTS = (
    ("What stands against approval", (NOT_MET, CANNOT_TELL)),
    ("What is waived", (WAIVED,)),
    ("What is still to be signed", (WAITING,)),
)


@require_GET
def gate_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why the gate is red, or green."""
    return _page(request, assessment_seen(person(request), pk))


@require_POST
def gate_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a reason or a whole rule pass until a day."""
    assessment = assessment_seen(person(request), pk)
    form = WaiverForm(request.POST, auto_id=f"waive-{request.POST.get('conflict', '')[:8]}-%s")
    if attempt(form, services.waiver_grant, by=person(request), assessment=assessment) is None:
        return _page(request, assessment, refused=form, status=422)
    return redirect("checklist:gate", pk)


def _page(
    request: HttpRequest, assessment: Assessment, *, refused: WaiverForm | None = None, status: int = 200
) -> HttpResponse:
    view, user = present_view(assessment), person(request)
    deciders = deciders_of(user, assessment, view)
    may_waive = may(user, "waiver.grant", assessment.team_id) and not deciders.own_part
    forms = _Forms(refused) if may_waive else None
    rows = [_row(outcome, forms) for outcome in view.outcomes]
    parts = [(title, [row for row in rows if row["outcome"].outcome in outcomes]) for title, outcomes in _PARTS]
    context = {
        "assessment": assessment,
        "view": view,
        "met": [row for row in rows if row["outcome"].outcome == MET],
        "parts": [(title, some) for title, some in parts if some],
        "policy": policy_row(view.policy),
        "missing": sign_offs_missing(view),
        "may_sign": [name for name in deciders.may if name not in {one.decided_by for one in view.signed}],
        "has_signed": any(one.decided_by_id == user.pk for one in view.signed),
        "deciders": deciders,
        "may_waive": may_waive,
    }
    return render(request, "checklist/gate.html", context, status=status)


class _Forms:
    """A form to waive each reason, as long as there are not too many; the one that was refused keeps its words."""

    def __init__(self, refused: WaiverForm | None) -> None:
        self.refused, self.made = refused, 0

    def of(self, key: str) -> WaiverForm | None:
        if self.refused is not None and self.refused.data.get("conflict") == key:
            return self.refused
        self.made += 1
        if self.made > MOST_FORMS:
            return None
        return WaiverForm(initial={"conflict": key}, auto_id=f"waive-{key[:8]}-%s")


def _row(outcome: RuleOutcome, forms: _Forms | None) -> dict[str, Any]:
    reasons = []
    for reason in outcome.reasons:
        is_waivable = not reason.is_waived and not reason.item.never_waived_because
        reasons.append((reason, forms.of(reason.item.key) if forms and is_waivable else None))
    is_whole = len(outcome.standing) > 1 and not outcome.never_waived_because
    return {
        "outcome": outcome,
        "reasons": reasons[:SHOWN],
        "more": reasons[SHOWN:],
        "form": forms.of(outcome.rule.key) if forms and is_whole else None,
    }


@require_GET
def decision_page(request: HttpRequest, pk: int, sign_off: int) -> HttpResponse:
    """One decision with the exact inputs that it was taken on."""
    assessment = assessment_seen(person(request), pk)
    found = sign_offs_seen_by(person(request)).filter(assessment=assessment, pk=sign_off).first()
    if found is None:
        raise NotFound("There is no such decision, or you may not see it.")
    context = {"assessment": assessment, "sign_off": found, "basis": found.basis}
    return render(request, "checklist/decision.html", context)
