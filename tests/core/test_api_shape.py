"""How the API refuses: always a problem document, never a 500 for what a client sends, whatever it sends."""

import base64
import json
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from tests.makers import make_client, make_data, make_dataset, make_model, make_person, make_team, make_version

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


def _is_problem(answer: Any, status: int | set[int]) -> dict[str, Any]:
    assert answer.status_code in ({status} if isinstance(status, int) else status), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:genaiops:problem:{body['code']}"
    assert body["title"]
    return body


def test_an_unknown_address_is_a_problem_too(client: APIClient) -> None:
    for path in ("nothing/", "datasets/x/", "datasets/1/nothing/", "runs/scan/x/"):
        _is_problem(client.get(API + path), 404)
    _is_problem(APIClient().get("/api/nowhere"), 404)


def test_a_wrong_method_is_a_problem(client: APIClient) -> None:
    _is_problem(client.delete(f"{API}datasets/"), 405)
    _is_problem(client.put(f"{API}me/", {}), 405)


@pytest.mark.parametrize("key", ["0", "999999", "9" * 19, "9" * 40])
@pytest.mark.parametrize("place", ["datasets", "model-versions", "runs/tuning", "audit", "assessments", "reports"])
def test_a_number_that_is_no_object_is_not_found(client: APIClient, place: str, key: str) -> None:
    _is_problem(client.get(f"{API}{place}/{key}/"), 404)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"text"',
        "null",
        '{"team": 1',
        '{"team": NaN, "name": "x"}',
        "[" * 100_000,
        '{"a":' * 50_000,
        b"\xff\xfe{}",
        '{"team": ' + "9" * 5_000 + ', "name": "x"}',
        '{"team": {"id": 1}, "name": ["x"]}',
        '{"team": "one", "name": {"a": 1}}',
        '{"team": true, "name": null}',
        '{"team": -1, "name": "x"}',
        '{"team": 1e400, "name": "x"}',
        '{"team": 1, "name": "nul \\u0000"}',
        '{"team": 1, "name": "half \\ud800"}',
        '{"team": 1, "name": "x", "half \\uDFFF": 1}',
    ],
    ids=lambda body: str(body)[:24],
)
def test_a_body_of_the_wrong_kind_is_refused(client: APIClient, body: Any) -> None:
    for place in ("datasets", "models", "tuning-runs", "drift-runs", "deployments", "assessments", "reports"):
        _is_problem(client.post(f"{API}{place}/", body, content_type="application/json"), {400, 404, 422})


def test_another_media_type_is_refused(client: APIClient) -> None:
    _is_problem(client.post(f"{API}datasets/", "<a/>", content_type="application/xml"), 415)
    _is_problem(client.post(f"{API}datasets/", "team=1", content_type="application/x-www-form-urlencoded"), 415)


def test_a_large_body_is_refused_before_it_is_read_whole(client: APIClient) -> None:
    body = '{"name": "' + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + '"}'
    assert _is_problem(client.post(f"{API}datasets/", body, content_type="application/json"), 413)["code"]


def test_an_unknown_field_is_refused_by_name(client: APIClient, team: Team) -> None:
    body = {"team": team.pk, "name": "x", "descripton": "misspelt"}
    assert "descripton" in _is_problem(client.post(f"{API}datasets/", body), 400)["errors"]


def test_a_missing_or_empty_field_is_refused_by_name(client: APIClient, team: Team) -> None:
    assert set(_is_problem(client.post(f"{API}datasets/", {}), 400)["errors"]) == {"team", "name"}
    for name in ("", "   ", "x" * 121):
        assert "name" in _is_problem(client.post(f"{API}datasets/", {"team": team.pk, "name": name}), 400)["errors"]


def test_a_misspelt_filter_is_refused_rather_than_ignored(client: APIClient) -> None:
    problem = _is_problem(client.get(f"{API}model-versions/?stag=approved"), 400)
    assert "stage" in problem["errors"]["stag"][0]


@pytest.mark.parametrize(
    "query",
    ["datasets/?team=x", "datasets/?team=1.5", f"datasets/?team={'9' * 30}", "model-versions/?stage=none",
     "scans/?state=x", "scans/?since=yesterday", "evaluations/?version=-1", "audit/?since=x", "runs/?state=x",
     "runs/?team=x", "runs/?page_size=0", "runs/?page_size=9999", "runs/?nothing=1", "datasets/?name=%00"],
)  # fmt: skip
def test_a_wrong_filter_value_is_refused(client: APIClient, query: str) -> None:
    _is_problem(client.get(API + query), 400)


def test_filtering_by_what_is_not_there_finds_nothing(client: APIClient) -> None:
    other = make_team()
    for query in (f"datasets/?team={other.pk}", "datasets/?team=999999", "model-versions/?model=999999"):
        answer = client.get(API + query)
        assert (answer.status_code, answer.json()["results"]) == (200, [])


def _cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("cursor", ["x", "%%%", "é", _cursor("p=x"), _cursor("p=9" + "9" * 40), _cursor("p=1;DROP")])
@pytest.mark.parametrize("place", ["datasets", "audit", "runs", "model-versions"])
def test_a_foreign_cursor_is_refused(client: APIClient, place: str, cursor: str) -> None:
    _is_problem(client.get(f"{API}{place}/", {"cursor": cursor}), 404)


def test_pages_follow_each_other_newest_first_without_gaps(client: APIClient, engineer: User, team: Team) -> None:
    made = [make_dataset(engineer, team).pk for _ in range(7)]
    seen: list[int] = []
    address: str | None = f"{API}datasets/?page_size=3"
    while address:
        page = client.get(address).json()
        seen += [item["id"] for item in page["results"]]
        address = page["next"]
        make_dataset(engineer, team)  # what is added meanwhile moves nothing
    assert seen == made[::-1]


def test_the_page_size_is_bounded(client: APIClient, engineer: User, team: Team) -> None:
    for _ in range(3):
        make_dataset(engineer, team)
    assert len(client.get(f"{API}datasets/?page_size=2").json()["results"]) == 2
    assert client.get(f"{API}datasets/?page_size=100000").status_code == 200


def test_too_many_requests_are_told_when_to_come_back(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    answers = [client.get(f"{API}me/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    problem = _is_problem(answers[-1], 429)
    assert problem["code"] == "throttled" and problem["remedy"]
    assert int(answers[-1]["Retry-After"]) > 0


def test_every_answer_carries_the_security_headers(client: APIClient) -> None:
    answer = client.get(f"{API}me/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_settings_that_are_no_plain_object_are_refused(client: APIClient, engineer: User, team: Team) -> None:
    body: dict[str, Any] = {
        "base_version": make_version(engineer, team).pk,
        "dataset_version": make_data(engineer, team).pk,
        "output_model": make_model(engineer, team).pk,
    }
    for config in ([], "x", 3, {"seed": 2**70}, {"a": "\ud800"}, {"x": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}):
        text = json.dumps(body | {"config": config})
        _is_problem(client.post(f"{API}tuning-runs/", text, content_type="application/json"), 400)
    problem = _is_problem(client.post(f"{API}tuning-runs/", body | {"config": {"rnak": 8}}), 422)
    assert problem["code"] == "tuning.settings"
