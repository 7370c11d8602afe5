"""Deployments over the API: only what was approved, asked over HTTP, stopped with a reason, used knowingly."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import ADMINISTRATOR, ENGINEER
from apps.audit.models import AuditEntry
from apps.core.errors import Conflict
from apps.jobs.services import run_fail, run_retry
from apps.registry import rules as registry_rules
from apps.registry.models import ModelVersion
from apps.registry.services import version_reject, version_retire
from apps.serving.models import Deployment, ServingRun
from apps.serving.rules import deployment_state
from apps.serving.services import deployment_start, deployment_stop, serving_ready
from tests.makers import (
    claim,
    make_approved,
    make_client,
    make_deployment,
    make_person,
    make_team,
    make_version,
)
from workers.serving.tasks import serve

pytestmark = pytest.mark.django_db
DEPLOYMENTS = "/api/v1/deployments/"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


@pytest.fixture
def deployment(engineer: User, team: Team) -> Deployment:
    return make_deployment(engineer, make_approved(team, by=engineer))


def test_an_approved_version_is_deployed(client: APIClient, engineer: User, team: Team) -> None:
    version = make_approved(team, by=engineer)
    body = {"version": version.pk, "name": "Desk", "environment": "internal test", "purpose": "trial"}
    answer = client.post(DEPLOYMENTS, body)
    assert answer.status_code == 202, answer.content
    made = answer.json()
    assert (made["state"], made["run"]["kind"], made["run"]["state"]) == ("starting", "serving", "queued")
    assert client.get(made["run"]["url"]).json()["subjects"]["deployment"]["label"] == "Desk"
    assert AuditEntry.objects.get(action="deployment.start").data["manifest_digest"] == version.manifest_digest
    again = client.post(DEPLOYMENTS, body)
    assert (again.status_code, again.json()["code"]) == (409, "deployment.exists")


@pytest.mark.parametrize("stage", [stage for stage in registry_rules.MOVES if stage != registry_rules.APPROVED])
def test_nothing_else_is_deployed(client: APIClient, engineer: User, team: Team, stage: str) -> None:
    version = make_version(engineer, team)
    ModelVersion.objects.filter(pk=version.pk).update(stage=stage, approved_digest=version.manifest_digest)
    answer = client.post(DEPLOYMENTS, {"version": version.pk, "name": "Desk", "environment": "production"})
    assert (answer.status_code, answer.json()["code"]) == (409, "deployment.not_approved")
    assert "second person" in answer.json()["remedy"]
    assert not Deployment.objects.exists()


def test_files_that_changed_after_the_approval_are_not_deployed(engineer: User, team: Team) -> None:
    version = make_approved(team, by=engineer)
    ModelVersion.objects.filter(pk=version.pk).update(manifest_digest="0" * 64)
    with pytest.raises(Conflict):
        deployment_start(by=engineer, version=version, name="Desk", environment="production")


def test_an_approval_taken_back_is_no_longer_deployed(engineer: User, team: Team) -> None:
    version = make_approved(team, by=engineer)
    version_reject(by=make_person("approver", team=team), version=version, reason="it leaked")
    with pytest.raises(Conflict):
        deployment_start(by=engineer, version=version, name="Desk", environment="production")


def test_stopping_needs_a_reason_and_happens_once(client: APIClient, deployment: Deployment) -> None:
    address = f"{DEPLOYMENTS}{deployment.pk}/stop/"
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"reason": "replaced"}).json()["state"] == "stopped"
    assert AuditEntry.objects.get(action="deployment.stop").reason == "replaced"
    assert client.post(address, {"reason": "again"}).json()["code"] == "deployment.stopped"
    assert ServingRun.objects.get().state == "cancelled", "a process that never started is not started any more"
    assert client.get(f"{DEPLOYMENTS}?is_stopped=false").json()["results"] == []
    assert len(client.get(f"{DEPLOYMENTS}?is_stopped=true").json()["results"]) == 1


def test_stopping_asks_the_process_to_end(client: APIClient, deployment: Deployment) -> None:
    run = claim(deployment.runs.get())
    client.post(f"{DEPLOYMENTS}{deployment.pk}/stop/", {"reason": "replaced"})
    assert not run.beat()


@pytest.mark.parametrize(
    ("is_stopped", "run", "is_ready", "state"),
    [
        (False, "queued", False, "starting"),
        (False, "running", False, "starting"),
        (False, "running", True, "ready"),
        (False, "failed", True, "failed"),
        (False, "lost", False, "failed"),
        (False, "cancelled", True, "failed"),
        (False, "", False, "failed"),
        (True, "running", True, "stopped"),
        (True, "failed", False, "stopped"),
    ],
)
def test_a_deployments_state_is_told_from_its_run(is_stopped: bool, run: str, is_ready: bool, state: str) -> None:
    assert deployment_state(is_stopped, run, is_ready) == state


class _Model(BaseHTTPRequestHandler):
    """Answers as a model server does, over real HTTP: it says the question back."""

    status = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = {"choices": [{"message": {"role": "assistant", "content": body["messages"][0]["content"][::-1]}}]}
        content = json.dumps(said | {"asked": body}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Model) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _ready(deployment: Deployment, port: int) -> ServingRun:
    run = claim(deployment.runs.get())
    serving_ready(run=run, url=f"http://127.0.0.1:{port}", pid=1)
    return run


def test_a_ready_deployment_answers(client: APIClient, deployment: Deployment, server: ThreadingHTTPServer) -> None:
    _ready(deployment, server.server_port)
    assert client.get(f"{DEPLOYMENTS}{deployment.pk}/").json()["state"] == "ready"
    answer = client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", {"question": "xyz", "max_tokens": 5})
    assert answer.status_code == 200, answer.content
    assert answer.json()["choices"][0]["message"]["content"] == "zyx"
    assert (answer.json()["asked"]["max_tokens"], answer.json()["asked"]["temperature"]) == (5, 0)
    assert "xyz" not in str(list(AuditEntry.objects.values())), "what is said is not kept"


def test_a_deployment_that_is_not_ready_says_so(client: APIClient, deployment: Deployment) -> None:
    answer = client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", {"question": "abc"})
    assert (answer.status_code, answer.json()["code"]) == (503, "deployment.not_ready")


def test_a_process_is_asked_no_more_once_its_version_is_retired(
    client: APIClient, deployment: Deployment, team: Team, server: ThreadingHTTPServer
) -> None:
    _ready(deployment, server.server_port)
    version_retire(by=make_person(ADMINISTRATOR, team=team), version=deployment.version, reason="found unsafe")
    answer = client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", {"question": "xyz"})
    assert (answer.status_code, answer.json()["code"]) == (409, "deployment.not_approved")


def test_a_process_that_fails_is_no_defect_of_the_portal(
    client: APIClient, deployment: Deployment, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ready(deployment, server.server_port)
    monkeypatch.setattr(_Model, "status", 500)
    answer = client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", {"question": "abc"})
    assert (answer.status_code, answer.json()["code"]) == (503, "deployment.no_answer")
    ServingRun.objects.update(url="http://127.0.0.1:9")
    assert client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", {"question": "abc"}).status_code == 503


def test_a_deployment_whose_process_failed_is_failed_and_can_be_started_again(
    client: APIClient, deployment: Deployment
) -> None:
    run_fail(run=_ready(deployment, 9), code="serving.ended", message="It ended by itself.")
    shown = client.get(f"{DEPLOYMENTS}{deployment.pk}/").json()
    assert (shown["state"], shown["run"]["error"]) == ("failed", "It ended by itself.")
    assert client.post(f"{shown['run']['url']}retry/").status_code == 202
    assert client.get(f"{DEPLOYMENTS}{deployment.pk}/").json()["state"] == "starting"


def test_what_was_taken_out_of_use_is_not_brought_back_by_a_retry(
    engineer: User, team: Team, deployment: Deployment
) -> None:
    """The worker's door asks again, so the run fails with the reason before any process starts."""
    version_reject(by=make_person("approver", team=team), version=deployment.version, reason="it leaked")
    serve(deployment.runs.get().pk)
    run = deployment.runs.get()
    assert (run.state, run.error_code) == ("failed", "deployment.not_approved")
    other = make_deployment(engineer, make_approved(team, by=engineer))
    deployment_stop(by=engineer, deployment=other, reason="enough")
    run_retry(by=engineer, run=other.runs.get())
    serve(other.runs.get().pk)
    assert other.runs.get().error_code == "deployment.stopped"


def test_a_restarted_process_is_not_taken_for_ready_before_it_is(client: APIClient, deployment: Deployment) -> None:
    """Its worker died and another one has claimed the run: the old address does not answer any more."""
    run = _ready(deployment, 9)
    ServingRun.objects.filter(pk=run.pk).update(state="queued")
    claim(deployment.runs.get())
    assert client.get(f"{DEPLOYMENTS}{deployment.pk}/").json()["state"] == "starting"


@pytest.mark.parametrize(
    "body",
    [{}, {"question": ""}, {"question": "  "}, {"question": ["x"]}, {"question": "x", "max_tokens": 0},
     {"question": "x", "max_tokens": "many"}, {"question": "x", "temperature": 1}],
)  # fmt: skip
def test_a_question_is_a_text(client: APIClient, deployment: Deployment, body: dict[str, Any]) -> None:
    assert client.post(f"{DEPLOYMENTS}{deployment.pk}/ask/", body).status_code == 400


def test_applications_are_named_and_acknowledge(client: APIClient, engineer: User, deployment: Deployment) -> None:
    address = f"{DEPLOYMENTS}{deployment.pk}/applications/"
    made = client.post(address, {"name": "Help page", "contact": "desk@example.org"})
    assert (made.status_code, made.json()["acknowledged_at"]) == (201, None)
    assert client.post(address, {"name": "Help page"}).json()["code"] == "application.exists"
    told = f"/api/v1/applications/{made.json()['id']}/acknowledge/"
    assert client.post(told, {"statement": " "}).status_code == 400
    shown = client.post(told, {"statement": "A line above each answer says so."}).json()
    assert shown["acknowledged_by"] == {"id": engineer.pk, "label": engineer.name}
    assert client.get(address).json()["results"] == [shown]
    assert client.get(f"{DEPLOYMENTS}{deployment.pk}/").json()["applications"] == [shown]


def test_the_list_costs_the_same_however_long(
    client: APIClient, engineer: User, team: Team, deployment: Deployment, django_assert_max_num_queries: Any
) -> None:
    client.get(DEPLOYMENTS)
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(8) as captured:
            client.get(DEPLOYMENTS)
        costs.append(len(captured))
        for _ in range(3):
            made = make_deployment(engineer, make_approved(team, by=engineer))
            client.post(f"{DEPLOYMENTS}{made.pk}/applications/", {"name": "x"})
    assert costs[0] == costs[1]
