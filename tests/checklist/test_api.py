"""The whole way through the API: open, collect, answer, submit, refuse one's own work, approve."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.checklist.queries import GENAIOPS
from apps.registry.models import ModelVersion
from tests.checklist.conftest import SAID, World
from tests.makers import make_client
from tests.stories import make_tuned_version

BASE = "/api/v1/assessments/"


@pytest.fixture
def olga(world: World) -> APIClient:
    return make_client(world.people.olga)


@pytest.fixture
def rui(world: World) -> APIClient:
    return make_client(world.people.rui)


def url(world: World, *parts: str) -> str:
    return f"{BASE}{world.assessment.pk}/{''.join(f'{part}/' for part in parts)}"


def question(answer: Any, name: str) -> dict[str, Any]:
    found = [q for group in answer.json()["groups"] for q in group["questions"] if q["id"] == name]
    return dict(found[0])


def test_frameworks(olga: APIClient) -> None:
    assert GENAIOPS in [item["urn"] for item in olga.get("/api/v1/frameworks/").json()]
    found = olga.get(f"/api/v1/frameworks/{GENAIOPS}/").json()
    assert sum(len(group["questions"]) for group in found["groups"]) == 18
    assert found["source"]["author"] == "David Sweenor"
    assert olga.get("/api/v1/frameworks/urn:nobody/").status_code == 404
    assert olga.get(f"/api/v1/frameworks/{GENAIOPS}/", {"version": 1}).json() == found
    assert len(found["digest"]) == 64
    assert olga.get(f"/api/v1/frameworks/{GENAIOPS}/", {"version": 99}).status_code == 404
    assert olga.get(f"/api/v1/frameworks/{GENAIOPS}/", {"version": "one"}).status_code == 400


def test_from_opening_to_approval(world: World, olga: APIClient, rui: APIClient) -> None:
    collected = olga.post(url(world, "collect"))
    assert question(collected, "data-6")["status"] == "measured"
    for name, text in SAID.items():
        saved = olga.put(url(world, "answers", name), {"status": "declared", "text": text})
        assert saved.status_code == 200, saved.json()
    gate = olga.get(url(world, "gate")).json()
    assert (gate["is_green"], gate["problems"], gate["sign_offs_missing"]) == (True, [], 1)
    assert olga.post(url(world, "submit")).json()["state"] == "submitted"
    decided = rui.post(url(world, "decide"), {"decision": "approved", "reason": "Read."})
    assert (decided.json()["state"], decided.json()["is_approval_current"]) == ("approved", True)
    assert ModelVersion.objects.get(pk=world.version.pk).stage == "approved"


def test_opening(world: World, olga: APIClient) -> None:
    version = make_tuned_version(world.people.olga, world.base, world.data, "Second")
    made = olga.post(BASE, {"version": version.pk})
    assert (made.status_code, made.json()["state"]) == (201, "open")
    again = olga.post(BASE, {"version": version.pk})
    assert (again.status_code, again.json()["code"]) == (409, "assessment.exists")
    assert olga.post(BASE, {"version": version.pk, "framework": "urn:nobody"}).status_code == 404


def test_listing(world: World, olga: APIClient) -> None:
    assert [row["id"] for row in olga.get(BASE).json()["results"]] == [world.assessment.pk]
    assert olga.get(f"{BASE}?state=approved").json()["results"] == []
    assert olga.get(f"{BASE}?version={world.version.pk}").json()["results"][0]["version"]["label"] == "Desk v1"


def test_a_red_gate_is_a_conflict_that_lists_the_problems(world: World, olga: APIClient, rui: APIClient) -> None:
    olga.post(url(world, "submit"))
    refused = rui.post(url(world, "decide"), {"decision": "approved", "reason": "Read."})
    assert (refused.status_code, refused.json()["code"]) == (409, "gate.red")
    assert refused["Content-Type"].startswith("application/problem+json")
    assert "data-1" in refused.json()["title"]


def test_the_gate_of_a_version(world: World, olga: APIClient) -> None:
    found = olga.get(f"/api/v1/model-versions/{world.version.pk}/gate/").json()
    assert not found["is_green"]
    assert len(found["problems"]) >= 18
    missing = olga.get(f"/api/v1/model-versions/{world.base.pk}/gate/")
    assert (missing.status_code, missing.json()["code"]) == (404, "assessment.missing")


def test_two_writers(world: World, olga: APIClient) -> None:
    place = url(world, "answers", "modeling-2")
    assert olga.put(place, {"status": "declared", "text": "Low.", "expect_revision": 0}).status_code == 200
    late = olga.put(place, {"status": "declared", "text": "High.", "expect_revision": 0})
    assert (late.status_code, late.json()["code"]) == (409, "answer.changed")
    assert "“Low.”" in late.json()["title"]
    assert [row["text"] for row in olga.get(place).json()] == ["Low."]


def test_evidence_by_hand(world: World, olga: APIClient) -> None:
    place = url(world, "answers", "modeling-2", "evidence")
    made = olga.post(place, {"summary": "Minutes", "link": "https://example.org/minutes"})
    assert (made.status_code, made.json()["answer"]["evidence"][0]["given_by"]) == (201, "Olga")
    assert olga.post(place, {"summary": "Minutes", "link": "javascript:alert(1)"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "measured", "text": "I say so."}, 400),
        ({"status": "declared"}, 422),
        ({"status": "not_applicable"}, 422),
        ({"status": "declared", "text": "x", "certainty": 3}, 400),
        ({"status": "declared", "text": "x", "expect_revision": -1}, 400),
    ],
)
def test_bad_answers_are_refused(world: World, olga: APIClient, body: dict[str, Any], status: int) -> None:
    assert olga.put(url(world, "answers", "modeling-2"), body).status_code == status


def test_outsiders_are_told_that_nothing_is_there(world: World) -> None:
    xena = make_client(world.people.xena)
    assert xena.get(BASE).json()["results"] == []
    for answer in (
        xena.get(url(world)),
        xena.get(url(world, "gate")),
        xena.post(url(world, "collect")),
        xena.put(url(world, "answers", "data-1"), {"status": "declared", "text": "x"}),
        xena.post(url(world, "decide"), {"decision": "approved", "reason": "x"}),
        xena.post(BASE, {"version": world.base.pk}),
    ):
        assert answer.status_code == 404, answer.json()


def test_reviewers_may_not_answer(world: World, rui: APIClient) -> None:
    assert rui.get(url(world)).status_code == 200
    refused = rui.put(url(world, "answers", "data-1"), {"status": "declared", "text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.refused")


def test_a_reading_token_writes_nothing(world: World) -> None:
    reader = make_client(world.people.olga, scope="read")
    assert reader.get(url(world)).status_code == 200
    assert reader.post(url(world, "collect")).status_code == 403
