"""Adding a control to a risk, and checking its controls now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.checklist.forms import ControlForm
from apps.checklist.services import risk_control_add, risk_controls_check
from apps.core.form_fields import attempt, posted, status_of
from apps.risks.queries import risk_seen


@require_http_methods(["GET", "POST"])
def control_add_view(request: HttpRequest, risk: int) -> HttpResponse:
    """Add what holds a risk down."""
    user = person(request)
    found = risk_seen(user, risk)
    require(user, "risk.edit", found.team_id)
    form = ControlForm(posted(request))
    if attempt(form, risk_control_add, by=user, risk=found) is not None:
        messages.success(request, "The control is on record.")
        return redirect("risks:risk-detail", risk)
    return render(request, "checklist/control_form.html", {"form": form, "risk": found}, status=status_of(form))


@require_POST
def controls_check_view(request: HttpRequest, risk: int) -> HttpResponse:
    """Check the controls of a risk now."""
    controls = risk_controls_check(by=person(request), risk=risk_seen(person(request), risk))
    number = len(controls)
    messages.success(request, f"{number} control{'' if number == 1 else 's'} checked.")
    return redirect("risks:risk-detail", risk)
