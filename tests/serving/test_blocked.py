"""A deployment whose version has an altered file: refused at once, shown, ended by its worker, and put right."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.errors import Conflict
from apps.incidents.models import Incident
from apps.jobs.services import run_retry
from apps.registry.models import ModelVersion
from apps.registry.services import version_break, version_mend
from apps.serving.models import Deployment, ServingRun
from apps.serving.queries import deployment_seen, is_blocked
from apps.serving.services import deployment_ask, deployment_stop
from tests.makers import claim, make_approved, make_browser, make_client, make_deployment
from tests.people import People, make_people
from workers.serving import engine
from workers.serving.tasks import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def deployment(people: People) -> Deployment:
    return make_deployment(people.olga, make_approved(people.team, by=people.olga, approver=people.rui), name="Desk")


def alter(deployment: Deployment) -> Incident:
    version_break(version=deployment.version, path="model.safetensors", digest="a" * 64, found="b" * 64)
    return Incident.objects.get()


def test_every_request_is_refused_from_the_moment_it_is_known(people: People, deployment: Deployment) -> None:
    run = claim(deployment.runs.get())
    ServingRun.objects.filter(pk=run.pk).update(url="http://127.0.0.1:9", ready_at=timezone.now())
    incident = alter(deployment)
    with pytest.raises(Conflict) as refusal:
        deployment_ask(by=people.olga, deployment=deployment_seen(people.olga, deployment.pk), question="Who are you?")
    assert refusal.value.code == "version.broken" and "was altered" in refusal.value.message
    client = make_client(people.olga)
    refused = client.post(f"/api/v1/deployments/{deployment.pk}/ask/", {"question": "Who are you?"})
    assert (refused.status_code, refused.json()["code"]) == (409, "version.broken")
    assert client.get(f"/api/v1/deployments/{deployment.pk}/").json()["state"] == "blocked"
    browser = make_browser(people.olga)
    page = browser.get(reverse("serving:deployment-detail", args=[deployment.pk])).content.decode()
    assert "It answers nothing" in page and reverse("incidents:incident-detail", args=[incident.pk]) in page
    assert reverse("serving:deployment-ask", args=[deployment.pk]) not in page
    assert "Blocked" in browser.get(reverse("serving:deployment-list")).content.decode()
    asked = browser.post(
        reverse("serving:deployment-ask", args=[deployment.pk]), {"question": "Who are you?", "max_tokens": 5}
    )
    assert asked.status_code == 422 and "was altered" in asked.content.decode()


def test_its_worker_ends_the_process_and_the_incident_names_the_deployment(
    people: People, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor is the real loop's shape: it asks at every turn whether to stop, and is told so."""
    turns: list[bool] = []

    def run(config: Any, on_progress: Any, should_stop: Any, on_ready: Any) -> engine.Result:
        on_ready("http://127.0.0.1:9", 9)
        turns.append(should_stop())
        alter(deployment)
        turns.append(should_stop())
        return engine.Result("http://127.0.0.1:9", "model", "c" * 64, 0, 1, 1.0, 1.0, "asked to stop", "")

    monkeypatch.setattr(engine, "run", run)
    serve(deployment.runs.get().pk)
    assert turns == [False, True]
    ended = deployment.runs.get()
    assert (ended.state, ended.error_code) == ("failed", "version.broken")
    assert Incident.objects.get().details["deployments"] == [{"id": deployment.pk, "name": "Desk"}]
    assert AuditEntry.objects.filter(action="deployment.block").exists()
    page = make_browser(people.rui).get(reverse("incidents:incident-detail", args=[Incident.objects.get().pk]))
    assert reverse("serving:deployment-detail", args=[deployment.pk]) in page.content.decode()


def test_it_is_not_started_again_until_its_files_are_right(people: People, deployment: Deployment) -> None:
    alter(deployment)
    assert is_blocked(deployment)
    serve(deployment.runs.get().pk)
    assert deployment.runs.get().error_code == "version.broken"
    ModelVersion.objects.filter(pk=deployment.version_id).update(checked_at=timezone.now())
    version_mend(by=people.rui, version=deployment.version, reason="A disk was replaced.")
    assert not is_blocked(deployment)
    run_retry(by=people.olga, run=deployment.runs.get())
    shown = make_client(people.olga).get(f"/api/v1/deployments/{deployment.pk}/").json()
    assert shown["state"] == "starting"


def test_a_stopped_one_is_stopped_whatever_becomes_of_its_files(people: People, deployment: Deployment) -> None:
    deployment_stop(by=people.olga, deployment=deployment, reason="replaced")
    alter(deployment)
    shown = make_client(people.olga).get(f"/api/v1/deployments/{deployment.pk}/").json()
    assert shown["state"] == "stopped"
