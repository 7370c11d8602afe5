"""Conflicts of licences that may stand until a day."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.queries import person
from apps.checklist import services
from apps.checklist.forms import WaiverForm
from apps.checklist.queries import assessment_seen, waiver_seen
from apps.checklist.views.assessments import assessment_page
from apps.core.form_fields import attempt


@require_POST
def waiver_grant_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a conflict of licences stand until a day."""
    assessment = assessment_seen(person(request), pk)
    form = WaiverForm(request.POST, auto_id=f"waive-{request.POST.get('conflict', '')[:8]}-%s")
    waiver = attempt(form, services.waiver_grant, by=person(request), assessment=assessment)
    if waiver is None:
        return assessment_page(request, assessment, waiver_form=form, status=422)
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
