"""Every write about deployments, and asking a deployed model."""

from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid, Unavailable
from apps.core.queue import enqueue
from apps.incidents.rules import ALTERED, CRITICAL
from apps.incidents.services import incident_open, require_free
from apps.registry.models import ModelVersion
from apps.serving.models import Application, Deployment, ServingRun
from apps.serving.queries import newest_run, require_servable
from apps.serving.rules import SERVED_NAME

ASK_SECONDS = 60.0
RESTARTS = 100  # a deployment outlives many workers


@transaction.atomic
def deployment_start(*, by: User, version: ModelVersion, name: str, environment: str, purpose: str = "") -> Deployment:
    """Deploy an approved version. Raises Conflict for any other: approval is enforced here, not noted."""
    require(by, "deployment.start", version.team_id, shared=version.model)
    version = ModelVersion.objects.select_for_update().select_related("model").get(pk=version.pk)
    if obstacles := version.obstacles:
        raise Conflict(
            f"{version} cannot be deployed: it {' and '.join(obstacles)}.",
            code="deployment.not_approved",
            remedy="Once nothing of that holds any more and a second person has signed off its checklist, it can be.",
        )
    name = name.strip()
    if not name or not environment.strip():
        raise Invalid("A deployment needs a name and says where it runs.")
    in_turn(version.team_id)
    if Deployment.objects.filter(team_id=version.team_id, name=name, stopped_at=None).exists():
        raise Conflict(f"A deployment called “{name}” already runs.", code="deployment.exists")
    deployment = Deployment.objects.create(
        team_id=version.team_id, version=version, name=name, environment=environment, purpose=purpose, created_by=by
    )
    run = ServingRun.objects.create(
        team_id=version.team_id,
        deployment=deployment,
        created_by=by,
        config={"version": version.pk},
        max_attempts=RESTARTS,
    )
    data = {"version": version.pk, "manifest_digest": version.manifest_digest, "environment": environment}
    record(action="deployment.start", obj=deployment, by=by, data=data)
    enqueue(run)
    return deployment


@transaction.atomic
def deployment_stop(*, by: User, deployment: Deployment, reason: str) -> Deployment:
    """Stop a deployment; its process ends within a few seconds."""
    require(by, "deployment.stop", deployment.team_id)
    if not reason.strip():
        raise Invalid("Say why the deployment stops; the reason is kept in the trail.", code="reason.missing")
    deployment = Deployment.objects.select_for_update().get(pk=deployment.pk)
    if deployment.stopped_at is not None:
        raise Conflict("This deployment has stopped already.", code="deployment.stopped")
    deployment.stopped_at = timezone.now()
    deployment.save(update_fields=["stopped_at"])
    runs = ServingRun.objects.filter(deployment=deployment)
    list(runs.select_for_update().values_list("pk"))  # no worker or sweep moves a run between the next two lines
    runs.filter(state=run_rules.QUEUED).update(state=run_rules.CANCELLED, finished_at=timezone.now())
    runs.filter(state=run_rules.RUNNING).update(cancel_requested_at=timezone.now())
    record(action="deployment.stop", obj=deployment, by=by, reason=reason)
    return deployment


@transaction.atomic
def serving_ready(*, run: ServingRun, url: str, pid: int) -> None:
    """The process behind a deployment answers at `url`. Raises Conflict when this claim is no longer the valid one."""
    mine = ServingRun.objects.filter(pk=run.pk, state=run_rules.RUNNING, claim_token=run.claim_token)
    if not mine.update(url=url, pid=pid, ready_at=timezone.now(), message="Ready"):
        raise Conflict(f"The {run} was taken over or stopped meanwhile.", code="run.stale")
    record(action="deployment.ready", obj=run.deployment, by=WORKER, team_id=run.team_id)


@transaction.atomic
def serving_finish(*, run: ServingRun, result: dict[str, Any]) -> None:
    """The process behind a stopped deployment has ended."""
    run.end(run_rules.SUCCEEDED, result=result, message="Stopped", ready_at=None, pid=None)
    record(action="deployment.ended", obj=run.deployment, by=WORKER, team_id=run.team_id)


@transaction.atomic
def serving_block(*, run: ServingRun) -> None:
    """The process behind a deployment was ended because a file of its version is altered: the incident tells so."""
    deployment = run.deployment
    version = ModelVersion.objects.select_related("model").get(pk=deployment.version_id)
    record(action="deployment.block", obj=deployment, by=WORKER, team_id=run.team_id, data={"version": version.pk})
    incident_open(
        by=WORKER,
        team=version.team_id,
        kind=ALTERED,
        severity=CRITICAL,
        title=f"A stored file of {version} was altered",
        subject=version,
        details={"deployments": [{"id": deployment.pk, "name": deployment.name}]},
    )


@transaction.atomic
def serving_hand_over(*, run: ServingRun, result: dict[str, Any]) -> None:
    """The worker shuts down while the deployment goes on: another worker takes it.

    One that was stopped meanwhile ends with `result`. Raises Conflict when another worker holds the run already.
    """
    held = ServingRun.objects.select_for_update().get(pk=run.pk)
    if held.claim_token != run.claim_token or held.cancel_requested_at is not None:
        serving_finish(run=run, result=result)
    elif held.requeue("Its worker shut down; another one takes over", keep_attempts=False):
        ServingRun.objects.filter(pk=run.pk).update(ready_at=None, pid=None)
        record(action="deployment.hand_over", obj=run.deployment, by=WORKER, team_id=run.team_id)
        enqueue(run)


@transaction.atomic
def application_add(
    *, by: User, deployment: Deployment, name: str, contact: str = "", statement: str = ""
) -> Application:
    """Name a program that calls the deployment."""
    require(by, "deployment.acknowledge", deployment.team_id)
    if not name.strip():
        raise Invalid("An application needs a name.")
    require_free(deployment)
    in_turn(deployment.team_id)
    if Application.objects.filter(deployment=deployment, name=name.strip()).exists():
        raise Conflict(f"“{name.strip()}” is named already.", code="application.exists")
    application = Application.objects.create(
        deployment=deployment, team_id=deployment.team_id, name=name.strip(), contact=contact, statement=statement
    )
    record(action="application.add", obj=application, by=by, data={"deployment": deployment.pk})
    return application


@transaction.atomic
def application_acknowledge(*, by: User, application: Application, statement: str) -> Application:
    """Record that the application's owner knows that it uses generative AI, and how its users are told."""
    require(by, "deployment.acknowledge", application.team_id)
    if not statement.strip():
        raise Invalid("Say how the application tells its users that they deal with generative AI.")
    require_free(application.deployment)
    application.statement = statement
    application.acknowledged_by, application.acknowledged_at = by, timezone.now()
    application.save(update_fields=["statement", "acknowledged_by", "acknowledged_at"])
    record(action="application.acknowledge", obj=application, by=by)
    return application


def deployment_ask(*, by: User, deployment: Deployment, question: str, max_tokens: int = 64) -> dict[str, Any]:
    """Send one question to the deployed model and return its chat completion. What is said is not kept.

    Raises Conflict once a file of the version is altered or it is no longer approved, also while its process runs.
    """
    require(by, "deployment.ask", deployment.team_id)
    if not question.strip():
        raise Invalid("Ask something.")
    require_servable(deployment)
    run = newest_run(deployment)
    if run is None or not run.is_ready or deployment.stopped_at is not None:
        raise Unavailable("This deployment is not ready to answer.", code="deployment.not_ready")
    body = {
        "model": SERVED_NAME,
        "messages": [{"role": "user", "content": question}],
        "max_tokens": max_tokens,
        "temperature": 0,
    }
    try:
        answer = httpx.post(f"{run.url}/v1/chat/completions", json=body, timeout=ASK_SECONDS, trust_env=False)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable("The deployed model did not answer.", code="deployment.no_answer") from error
    completion: dict[str, Any] = answer.json()
    return completion
