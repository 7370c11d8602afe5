"""The pages of deployments: only what is approved is offered, applications acknowledge, and the model is asked."""

from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.registry.models import ModelVersion
from apps.serving.models import Application, Deployment, ServingRun
from apps.serving.services import application_add
from tests.makers import claim, make_approved, make_browser, make_deployment, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
LIST, START = "serving:deployment-list", "serving:deployment-start"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


@pytest.fixture
def deployment(people: People) -> Deployment:
    return make_deployment(people.olga, make_approved(people.team, by=people.olga, approver=people.rui))


def page_of(deployment: Deployment) -> str:
    return reverse("serving:deployment-detail", args=[deployment.pk])


def at(name: str, pk: int) -> str:
    return reverse(f"serving:{name}", args=[pk])


def make_ready(deployment: Deployment) -> ServingRun:
    run = claim(deployment.runs.get())
    ServingRun.objects.filter(pk=run.pk).update(url="http://127.0.0.1:9", ready_at=timezone.now())
    return run


def test_without_an_approved_version_the_start_explains_itself(people: People, olga: Client) -> None:
    draft = make_version(people.olga, people.team)
    page = olga.get(reverse(START), {"version": draft.pk}).text
    assert "This version cannot be deployed" in page and "is draft, not approved" in page
    assert "No version is approved" in page and "<select" not in page.split("<main", 1)[1]
    given = {"version": draft.pk, "name": "Desk", "environment": "test", "purpose": "Answers"}
    assert olga.post(reverse(START), given).status_code == 422 and not Deployment.objects.exists()


def test_an_approved_version_is_deployed_and_only_while_its_files_are_the_approved_ones(
    people: People, olga: Client
) -> None:
    version = make_approved(people.team, by=people.olga, approver=people.rui)
    given = {"version": version.pk, "name": "Desk", "environment": "test", "purpose": "Answers"}
    assert f'<option value="{version.pk}" selected>' in olga.get(reverse(START), {"version": version.pk}).text
    answer = olga.post(reverse(START), given)
    assert answer.url == page_of(Deployment.objects.get())
    again = olga.post(reverse(START), given)
    assert again.status_code == 422 and "already runs" in again.text
    ModelVersion.objects.filter(pk=version.pk).update(manifest_digest="0" * 64)
    assert "has other files than those that were approved" in olga.get(reverse(START), {"version": version.pk}).text


def test_the_start_is_for_those_who_may(people: People) -> None:
    assert make_browser(people.rui).get(reverse(START)).status_code == 403
    assert reverse(START) not in make_browser(people.rui).get(reverse(LIST)).text


def test_an_outsider_finds_no_deployment(people: People, deployment: Deployment) -> None:
    xena = make_browser(people.xena)
    application = application_add(by=people.olga, deployment=deployment, name="Desk page")
    assert xena.get(page_of(deployment)).status_code == 404
    for name in ("deployment-stop", "deployment-ask", "application-add"):
        assert xena.post(at(name, deployment.pk), {"reason": "x"}).status_code == 404
    assert xena.post(at("application-acknowledge", application.pk), {"statement": "x"}).status_code == 404
    assert deployment.name not in xena.get(reverse(LIST)).text


def test_a_page_shows_only_what_the_person_may_do(people: People, olga: Client, deployment: Deployment) -> None:
    make_ready(deployment)
    actions = [at(name, deployment.pk) for name in ("deployment-stop", "deployment-ask", "application-add")]
    assert [url in olga.get(page_of(deployment)).text for url in actions] == [True, True, True]
    page = make_browser(people.rui).get(page_of(deployment)).text
    assert [url in page for url in actions] == [False, True, False], "an approver asks, and does no more"


def test_a_page_follows_the_start_and_no_longer(olga: Client, deployment: Deployment) -> None:
    assert "every 2s" in olga.get(page_of(deployment)).text
    make_ready(deployment)
    page = olga.get(page_of(deployment)).text
    assert "every 2s" not in page and "http://127.0.0.1:9" in page


def test_a_deployment_stops_with_a_reason(people: People, olga: Client, deployment: Deployment) -> None:
    url = at("deployment-stop", deployment.pk)
    assert make_browser(people.rui).post(url, {"reason": "x"}).status_code == 403
    assert olga.post(url, {"reason": ""}).status_code == 422
    assert olga.post(url, {"reason": "Replaced"}).url == page_of(deployment)
    assert AuditEntry.objects.get(action="deployment.stop").reason == "Replaced"
    page = olga.get(page_of(deployment)).text
    assert url not in page and "Stopped" in page
    assert olga.post(url, {"reason": "again"}).status_code == 409


def test_the_answer_is_shown_and_kept_nowhere(
    olga: Client, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(deployment)
    asked: list[Any] = []

    def answer(url: str, json: dict[str, Any], **more: Any) -> httpx.Response:
        asked.append(json)
        said = {"choices": [{"message": {"content": "By the <door>."}}], "usage": {"completion_tokens": 4}}
        return httpx.Response(200, json=said, request=httpx.Request("POST", url))

    monkeypatch.setattr("apps.serving.services.deployments.httpx.post", answer)
    page = olga.post(at("deployment-ask", deployment.pk), {"question": "Where is desk 7?", "max_tokens": "9"})
    assert page.status_code == 200 and "By the &lt;door&gt;." in page.text
    assert asked[0]["max_tokens"] == 9
    assert not AuditEntry.objects.filter(action__contains="ask").exists()


def test_a_model_that_does_not_answer_is_said_in_the_form(olga: Client, deployment: Deployment) -> None:
    url = at("deployment-ask", deployment.pk)
    given = {"question": "Anybody there?", "max_tokens": "9"}
    page = olga.post(url, given)
    assert page.status_code == 422, "it is not ready"
    make_ready(deployment)
    page = olga.post(url, given)
    assert page.status_code == 422 and "did not answer" in page.text and "Anybody there?" in page.text
    assert olga.post(url, {"question": "", "max_tokens": "100000"}).status_code == 422


def test_applications_are_named_and_acknowledge(people: People, olga: Client, deployment: Deployment) -> None:
    add = at("application-add", deployment.pk)
    assert make_browser(people.rui).post(add, {"name": "Desk page"}).status_code == 403
    assert olga.post(add, {"name": "Desk page", "contact": "desk@example.org"}).url == page_of(deployment)
    again = olga.post(add, {"name": "Desk page"})
    assert again.status_code == 422 and "is named already" in again.text
    assert "not yet" in olga.get(page_of(deployment)).text
    assert "not all have acknowledged" in olga.get(reverse(LIST)).text
    application = Application.objects.get()
    acknowledge = at("application-acknowledge", application.pk)
    assert olga.post(acknowledge, {"statement": " "}).status_code == 422
    assert make_browser(people.rui).post(acknowledge, {"statement": "x"}).status_code == 403
    olga.post(acknowledge, {"statement": "A line above each answer says so."})
    page = olga.get(page_of(deployment)).text
    assert "A line above each answer says so." in page and "all applications acknowledged" in page


def test_a_deployment_of_what_is_no_longer_approved_says_so(olga: Client, deployment: Deployment) -> None:
    ModelVersion.objects.update(stage="rejected")
    assert "Its version is no longer approved" in olga.get(page_of(deployment)).text


def test_the_list_is_filtered_and_given_as_a_file(people: People, olga: Client, deployment: Deployment) -> None:
    assert deployment.name in olga.get(reverse(LIST), {"show": "ready"}).text
    assert "No deployment matches" in olga.get(reverse(LIST), {"show": "stopped"}).text
    lines = b"".join(olga.get(reverse(LIST), {"format": "csv"}).streaming_content).decode().splitlines()
    assert lines[1].startswith(f"{deployment.pk},{deployment.name},starting,")


def test_pages_cost_the_same_with_one_row_and_with_thirty(people: People, olga: Client, deployment: Deployment) -> None:
    application_add(by=people.olga, deployment=deployment, name="First")
    few = queries_of(olga, reverse(LIST)), queries_of(olga, page_of(deployment))
    for number in range(30):
        make_deployment(people.olga, deployment.version)
        application_add(by=people.olga, deployment=deployment, name=f"Application {number}")
    assert (queries_of(olga, reverse(LIST)), queries_of(olga, page_of(deployment))) == few
    assert max(few) <= 8
