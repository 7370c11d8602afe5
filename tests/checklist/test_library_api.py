"""The API of the evidence library: what everybody may do, bad input, and what outsiders are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.checklist.models import EvidenceVersion
from apps.core import storage
from tests.checklist.conftest import World
from tests.checklist.documents import METHOD, make_document, next_version
from tests.makers import make_client, make_person, upload
from tests.people import People

DOCUMENTS, VERSIONS = "/api/v1/evidence-documents/", "/api/v1/evidence-versions/"
TOLD = {"title": "Policy", "shows": "What we do.", "method": METHOD}


def a_link(people: People, **more: Any) -> dict[str, Any]:
    return TOLD | {"team": people.team.pk, "link": "https://example.org/policy"} | more


def test_a_file_goes_in_and_comes_out_byte_by_byte(people: People) -> None:
    client, told = make_client(people.olga), TOLD | {"team": people.team.pk, "status": "imported"}
    answer = client.post(DOCUMENTS, told | {"file": upload(b"%PDF-1.7", "policy.pdf")}, format="multipart")
    made = answer.json()
    assert answer.status_code == 201, made
    assert (made["state"], made["supports"], made["newest"]["number"]) == ("current", 0, 1)
    assert storage.is_intact(made["newest"]["digest"])
    file = make_client(make_person(AUDITOR, team=people.team)).get(f"{VERSIONS}{made['newest']['id']}/file/")
    assert b"".join(file.streaming_content) == b"%PDF-1.7"
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Type"] == "application/octet-stream"
    more = client.post(
        f"{DOCUMENTS}{made['id']}/versions/",
        {"method": METHOD, "expect_number": 1, "file": upload(b"%PDF-2.0", "policy.pdf")},
        format="multipart",
    )
    assert (more.status_code, more.json()["number"]) == (201, 2)
    assert [one["number"] for one in client.get(f"{DOCUMENTS}{made['id']}/versions/").json()["results"]] == [2, 1]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"link": "javascript:alert(1)"}, 422),
        ({"link": ""}, 422),
        ({"status": "measured"}, 400),
        ({"effective_on": "2026-05-02", "expires_on": "2026-05-01"}, 422),
        ({"effective_on": "tomorrow"}, 400),
        ({"title": ""}, 400),
        ({"method": "x" * 301}, 400),
        ({"number": 7}, 400),
        ({"team": 999_999}, 404),
    ],
)
def test_bad_input_is_refused(people: People, more: dict[str, Any], status: int) -> None:
    answer = make_client(people.olga).post(DOCUMENTS, a_link(people, **more), format="json")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not EvidenceVersion.objects.exists()


def test_an_empty_file_and_both_at_once_are_refused(people: People) -> None:
    client, told = make_client(people.olga), TOLD | {"team": people.team.pk}
    for sent in ({"file": upload(b"", "a.pdf")}, {"file": upload(b"x", "a.pdf"), "link": "https://example.org"}):
        assert client.post(DOCUMENTS, told | sent, format="multipart").status_code == 422
    assert not EvidenceVersion.objects.exists()


def test_the_list_is_filtered_by_state_and_words(people: People) -> None:
    soon = make_document(people.olga, people.team, expires_on=timezone.localdate() + timedelta(days=2))
    make_document(people.olga, people.team, "Certificate")
    client = make_client(people.rui)
    for asked, found in (("state=soon", [soon.document_id]), ("q=privacy", [soon.document_id]), ("kind=link", [])):
        assert [one["id"] for one in client.get(f"{DOCUMENTS}?{asked}").json()["results"]] == found
    assert client.get(f"{DOCUMENTS}?state=lost").status_code == 400
    assert make_client(people.xena).get(DOCUMENTS).json()["results"] == []


def test_citing_turning_stale_and_citing_the_newest(world: World) -> None:
    client, version = make_client(world.people.olga), make_document(world.people.olga, world.people.team)
    place = f"/api/v1/assessments/{world.assessment.pk}/answers/modeling-1/"
    made = client.post(f"{place}citations/", {"version": version.pk, "summary": "Section 2."}, format="json")
    assert made.status_code == 201, made.content
    [item] = made.json()["answer"]["evidence"]
    assert (item["cites"], item["summary"], item["cited"]["state"]) == (version.pk, "Section 2.", "current")
    again = client.post(f"{place}citations/", {"version": version.pk, "summary": "Section 2."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "evidence.cited")
    second = next_version(world.people.olga, version.document)
    answer = client.get(f"/api/v1/assessments/{world.assessment.pk}/").json()
    [question] = [one for group in answer["groups"] for one in group["questions"] if one["id"] == "modeling-1"]
    assert question["is_stale"]
    assert question["answer"]["evidence"][0]["cited"]["instead"] == second.pk
    newest = client.post(f"{place}citations/", {"version": second.pk}, format="json").json()
    [item] = newest["answer"]["evidence"]
    assert (newest["is_stale"], item["cites"]) == (False, second.pk)
    assert [one["evidence"][0]["cites"] for one in client.get(place).json()] == [second.pk, version.pk]
    detached = client.post(f"{place}evidence/{item['id']}/detach/", {"reason": "Another topic."}, format="json")
    assert detached.json()["answer"]["evidence"] == []


def test_withdrawing_asks_for_what_was_seen(world: World) -> None:
    version, cora = make_document(world.people.olga, world.people.team), make_person(COMPLIANCE, team=world.people.team)
    place = f"/api/v1/assessments/{world.assessment.pk}/answers/modeling-1/"
    make_client(world.people.olga).post(f"{place}citations/", {"version": version.pk}, format="json")
    client, address = make_client(cora), f"{DOCUMENTS}{version.document_id}/"
    supports = client.get(f"{address}supports/").json()
    assert (supports["total"], supports["others"]) == (1, 0)
    assert supports["answers"][0]["question"] == "modeling-1"
    assert client.get(f"{VERSIONS}{version.pk}/supports/").json() == supports
    blind = client.post(f"{address}withdraw/", {"reason": "It was forged."}, format="json")
    assert (blind.status_code, blind.json()["code"]) == (409, "evidence.supports")
    seen = {"reason": "It was forged.", "expect_supports": supports["total"]}
    assert make_client(world.people.olga).post(f"{address}withdraw/", seen, format="json").status_code == 403
    assert client.post(f"{address}withdraw/", seen, format="json").json()["state"] == "withdrawn"
    kept = client.get(f"{VERSIONS}{version.pk}/file/")
    assert b"".join(kept.streaming_content) == b"what the policy says", "it stays readable"


def test_outsiders_are_told_that_nothing_is_there(world: World) -> None:
    version, client = make_document(world.people.olga, world.people.team), make_client(world.people.xena)
    for address in (f"{DOCUMENTS}{version.document_id}/", f"{DOCUMENTS}{version.document_id}/supports/",
                    f"{VERSIONS}{version.pk}/", f"{VERSIONS}{version.pk}/file/"):  # fmt: skip
        assert client.get(address).status_code == 404
    own = make_document(world.people.xena, world.people.other_team)
    place = f"/api/v1/assessments/{world.assessment.pk}/answers/modeling-1/citations/"
    assert make_client(world.people.olga).post(place, {"version": own.pk}, format="json").status_code == 404
