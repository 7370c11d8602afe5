"""Repeating a tuning, from its page or from its version's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.queries import person
from apps.registry import queries, services


@require_POST
def recreation_start_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a repetition of a tuning run and go to its page."""
    user = person(request)
    run = services.recreation_start(by=user, tuning=queries.tuning_seen(user, pk))
    messages.success(request, "The repetition waits for a worker. This page follows it; you may leave.")
    return redirect("portal:run-detail", run.kind, run.pk)
