"""What every address of MLflow's protocol has in common: who may call it, for which team, and how it refuses."""

import base64

import pytest
from django.test import Client, override_settings
from django.urls import path

from apps.accounts.models import User
from apps.accounts.rules import ENGINEER, READ, WRITE
from apps.accounts.services import access_end, role_grant, token_create
from apps.audit.services import SYSTEM
from apps.mlflow.api.wire import Answer, Call, answers, reads
from tests.makers import make_person, make_team
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


def echo(call: Call) -> Answer:
    return {"user": call.user.pk, "team": call.team.slug, "name": call.text("name", ""), "tags": call.pairs("tags")}


urlpatterns = [
    path("teams/<slug:team_slug>/api/2.0/echo", answers(GET=echo, POST=echo, DELETE=echo)),
    path("api/2.0/echo", answers(GET=echo, POST=echo, DELETE=echo)),
    path("api/2.0/search", answers(POST=reads(lambda call: {"most": call.number("most", 5, most=10)}))),
]


@pytest.fixture(autouse=True)
def _addresses():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def people() -> People:
    return make_people()


def bearer(user: User, scope: str = WRITE) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_create(by=SYSTEM, user=user, name='test', scope=scope)[1]}"}


def post(path: str, body: object, headers: dict[str, str], **more: object):
    return Client(enforce_csrf_checks=True).post(path, body, "application/json", headers=headers, **more)


def test_a_bearer_token_opens_the_door_and_the_only_team_is_meant(people: People) -> None:
    sent = {"name": "a", "tags": [{"key": "k", "value": "v"}, {"key": "k2"}]}
    response = post("/api/2.0/echo", sent, bearer(people.olga))
    assert response.status_code == 200, response.content
    assert response.json() == {
        "user": people.olga.pk,
        "team": people.team.slug,
        "name": "a",
        "tags": [["k", "v"], ["k2", ""]],
    }
    assert response["Content-Length"] == str(len(response.content))
    assert "Set-Cookie" not in response


def test_basic_takes_the_token_as_password_and_any_name(people: People) -> None:
    secret = token_create(by=SYSTEM, user=people.olga, name="test", scope=WRITE)[1]
    for name in ("token", people.olga.email):
        coded = base64.b64encode(f"{name}:{secret}".encode()).decode()
        response = Client().get("/api/2.0/echo?name=x", headers={"Authorization": f"Basic {coded}"})
        assert response.json()["user"] == people.olga.pk


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer gaio_wrong", "Basic !!!", "Basic eDp5", "Negotiate abc"])
def test_without_a_valid_token_nothing_opens(people: People, header: str) -> None:
    response = Client().get("/api/2.0/echo", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response.json()["error_code"] == "UNAUTHENTICATED"
    assert "Basic" in response["WWW-Authenticate"]


def test_a_session_alone_opens_nothing(people: People) -> None:
    browser = Client()
    browser.force_login(people.olga)
    assert browser.get("/api/2.0/echo").status_code == 401


def test_a_closed_account_opens_nothing(people: People) -> None:
    admin = make_person("administrator", team=people.team)
    headers = bearer(people.olga)
    access_end(by=admin, user=people.olga)
    assert Client().get("/api/2.0/echo", headers=headers).status_code == 401


def test_a_reading_token_reads_and_searches_but_writes_nothing(people: People) -> None:
    headers = bearer(people.olga, READ)
    assert Client().get("/api/2.0/echo", headers=headers).status_code == 200
    assert post("/api/2.0/search", {}, headers).json() == {"most": 5}
    refused = post("/api/2.0/echo", {}, headers)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "PERMISSION_DENIED")


def test_whoever_is_in_several_teams_says_which(people: People) -> None:
    third = make_team("Third desk")
    role_grant(by=SYSTEM, user=people.olga, team=third, role=ENGINEER)
    headers = bearer(people.olga)
    refused = Client().get("/api/2.0/echo", headers=headers)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert f"/teams/{third.slug}" in refused.json()["message"]
    by_address = Client().get(f"/teams/{third.slug}/api/2.0/echo", headers=headers)
    by_header = Client().get("/api/2.0/echo", headers=headers | {"X-MLFLOW-WORKSPACE": third.slug})
    assert by_address.json()["team"] == by_header.json()["team"] == third.slug


def test_the_workspace_called_default_means_nobody_chose(people: People) -> None:
    headers = bearer(people.olga) | {"X-MLFLOW-WORKSPACE": "default"}
    assert Client().get("/api/2.0/echo", headers=headers).json()["team"] == people.team.slug


def test_another_team_is_not_there(people: People) -> None:
    response = Client().get(f"/teams/{people.other_team.slug}/api/2.0/echo", headers=bearer(people.olga))
    assert (response.status_code, response.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_without_any_team_it_says_so() -> None:
    response = Client().get("/api/2.0/echo", headers=bearer(make_person()))
    assert response.status_code == 404
    assert "no team" in response.json()["message"]


@pytest.mark.parametrize(
    "body",
    ["{", "[1]", "3", '"x"', '{"name": ["a"]}', '{"tags": "a"}', '{"tags": [1]}', '{"tags": [{"value": "x"}]}',
     '{"name": "a\\u0000b"}', '{"name": "\\ud800"}', '{"tags": [{"key": "k", "value": 3}]}', "[" * 100_000],
)  # fmt: skip
def test_bad_bodies_are_refused_in_mlflows_words(people: People, body: str) -> None:
    response = post("/api/2.0/echo", body, bearer(people.olga))
    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), response.content


@pytest.mark.parametrize("most", ["eleven", "11", -1, True, 2**70, [1], {}])
def test_numbers_are_held_to_their_bounds(people: People, most: object) -> None:
    response = post("/api/2.0/search", {"most": most}, bearer(people.olga))
    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def test_what_is_too_large_is_refused(people: People) -> None:
    response = post("/api/2.0/echo", {"name": "x" * 6_000_000}, bearer(people.olga))
    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def test_a_verb_that_is_not_answered(people: People) -> None:
    response = Client().put("/api/2.0/echo", headers=bearer(people.olga))
    assert (response.status_code, response.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_a_nul_in_a_query_is_refused(people: People) -> None:
    assert Client().get("/api/2.0/echo?name=%00", headers=bearer(people.olga)).status_code == 400
