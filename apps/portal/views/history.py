"""The page that starts the import of another MLflow server's history, and lists those that were made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.mlflow.queries import history_imports_seen_by, servers_offered
from apps.mlflow.services import history_request
from apps.portal.forms import HistoryForm

MOST = 20


@require_http_methods(["GET", "POST"])
def history_import_view(request: HttpRequest) -> HttpResponse:
    """Choose a server that the operator lists, and the team that gets its history."""
    user = person(request)
    if not may_anywhere(user, "model.create"):
        raise Refused("Your roles do not include registering models.", remedy="Ask an engineer of your team.")
    servers = servers_offered()
    form = HistoryForm(user, servers, posted(request))
    run = attempt(form, history_request, by=user)
    if run is not None:
        messages.success(request, "The import waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", run.kind, run.pk)
    done = history_imports_seen_by(user).defer("log", "result").order_by("-pk")[:MOST]
    context = {"form": form, "servers": servers, "imports": list(done)}
    return render(request, "portal/history_import.html", context, status=status_of(form))
