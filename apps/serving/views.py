"""The pages of deployments: the list, one deployment with its applications, and asking the model."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.incidents.queries import open_incidents_of
from apps.registry.queries import version_seen
from apps.serving import queries, services
from apps.serving.forms import AcknowledgeForm, ApplicationForm, AskForm, DeploymentFilterForm, DeploymentForm
from apps.serving.models import Deployment
from apps.serving.rules import BLOCKED, READY, STARTING, STOPPED

SORTS = {"name": "name", "started": "created_at", "environment": "environment"}
MOST_APPLICATIONS = 100


@require_GET
def deployment_list(request: HttpRequest) -> HttpResponseBase:
    """Every deployment that the person sees."""
    user = person(request)
    form = DeploymentFilterForm(request.GET or None)
    rows = ordered(request, queries.deployments_listed_for(user), SORTS)
    if form.is_valid():
        name, show = form.cleaned_data["name"], form.cleaned_data["show"]
        rows = rows.filter(name__icontains=name) if name else rows
        rows = rows.filter(stopped_at__isnull=show == READY) if show else rows
    if wants_csv(request):
        head = (
            "id",
            "name",
            "state",
            "version",
            "environment",
            "purpose",
            "applications",
            "not acknowledged",
            "started",
        )
        return csv_answer("deployments", head, (_line(row) for row in rows.iterator(200)))
    page = rows_page(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [queries.row_of(row) for row in page.object_list],
        "may_start": may_anywhere(user, "deployment.start"),
    }
    return render(request, "serving/deployment_list.html", context)


def _line(deployment: Deployment) -> tuple[Any, ...]:
    row = queries.row_of(deployment)
    told = (deployment.pk, deployment.name, row.state, deployment.version, deployment.environment, deployment.purpose)
    return (*told, row.applications, row.silent, deployment.created_at)


@require_http_methods(["GET", "POST"])
def deployment_start_view(request: HttpRequest) -> HttpResponse:
    """Deploy an approved version. A `?version=` that is not approved is explained, not offered."""
    user = person(request)
    if not may_anywhere(user, "deployment.start"):
        raise Refused("Your roles do not include deploying models.", remedy="Ask an engineer of your team.")
    wanted = key_named(request, "version")
    version = version_seen(user, wanted) if wanted else None
    form = DeploymentForm(user, posted(request), version=version.pk if version and version.is_deployable else None)
    deployment = attempt(form, services.deployment_start, by=user)
    if deployment is not None:
        messages.success(request, "The model is being started. This page follows it; you may leave.")
        return redirect("serving:deployment-detail", deployment.pk)
    context = {"form": form, "refused": version if version and not version.is_deployable else None}
    context["has_choice"] = form.fields["version"].queryset.exists()  # type: ignore[attr-defined]
    return render(request, "serving/deployment_start.html", context, status=status_of(form))


@require_GET
def deployment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One deployment."""
    return _page(request, queries.deployment_seen(person(request), pk))


def _page(request: HttpRequest, deployment: Deployment, *, status: int = 200, **shown: Any) -> HttpResponse:
    """The deployment's page; `shown` replaces forms by those that were refused, or adds the model's answer."""
    user, team = person(request), deployment.team_id
    state, run = queries.state_of(deployment), queries.newest_run(deployment)
    applications = list(deployment.applications.select_related("acknowledged_by")[:MOST_APPLICATIONS])
    may_acknowledge = may(user, "deployment.acknowledge", team)
    refused: tuple[int, AcknowledgeForm] | None = shown.pop("acknowledge", None)
    context = {
        "deployment": deployment,
        "state": state,
        "run": run,
        "is_starting": state == STARTING,
        "applications": [(item, _form_for(item.pk, refused)) for item in applications],
        "ask_form": AskForm(),
        "application_form": ApplicationForm(),
        "incident": open_incidents_of(deployment.version).first() if state == BLOCKED else None,
        "may_stop": state != STOPPED and may(user, "deployment.stop", team),
        "may_ask": state == READY and may(user, "deployment.ask", team),
        "may_acknowledge": may_acknowledge,
        "may_report": may(user, "incident.open", team),
        "silent": sum(item.acknowledged_at is None for item in applications),
    }
    return render(request, "serving/deployment_detail.html", context | shown, status=status)


def _form_for(pk: int, refused: tuple[int, AcknowledgeForm] | None) -> AcknowledgeForm:
    """The form of one application, with ids of its own; the refused one where it is this application's."""
    return refused[1] if refused and refused[0] == pk else AcknowledgeForm(auto_id=f"application-{pk}-%s")


@require_POST
def deployment_stop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a deployment."""
    user = person(request)
    deployment = queries.deployment_seen(user, pk)
    services.deployment_stop(by=user, deployment=deployment, reason=request.POST.get("reason", ""))
    messages.success(request, f"“{deployment.name}” stops. Its process ends within a few seconds.")
    return redirect("serving:deployment-detail", pk)


@sensitive_post_parameters("question")
@require_POST
def deployment_ask_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the deployed model. Neither question nor answer is kept, so the answer is shown at once, on this page."""
    user = person(request)
    deployment = queries.deployment_seen(user, pk)
    form = AskForm(request.POST)
    completion = attempt(form, services.deployment_ask, by=user, deployment=deployment)
    if completion is None:
        return _page(request, deployment, ask_form=form, status=422)
    return _page(request, deployment, ask_form=form, answer=_said(completion), usage=completion.get("usage") or {})


def _said(completion: dict[str, Any]) -> str:
    """The text of a chat completion; a model may answer with nothing."""
    choices = completion.get("choices") or [{}]
    return str((choices[0].get("message") or {}).get("content") or "")


@require_POST
def application_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a program that calls the deployment."""
    user = person(request)
    deployment = queries.deployment_seen(user, pk)
    form = ApplicationForm(request.POST)
    application = attempt(form, services.application_add, by=user, deployment=deployment)
    if application is None:
        return _page(request, deployment, application_form=form, status=422)
    messages.success(request, f"“{application.name}” is named. Its owner acknowledges next that it uses generative AI.")
    return redirect("serving:deployment-detail", pk)


@require_POST
def application_acknowledge_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that an application's owner knows that it uses generative AI."""
    user = person(request)
    application = queries.application_seen(user, pk)
    form = AcknowledgeForm(request.POST, auto_id=f"application-{pk}-%s")
    if attempt(form, services.application_acknowledge, by=user, application=application) is None:
        deployment = queries.deployment_seen(user, application.deployment_id)
        return _page(request, deployment, acknowledge=(pk, form), status=422)
    messages.success(request, f"“{application.name}” has acknowledged that it uses generative AI.")
    return redirect("serving:deployment-detail", application.deployment_id)
