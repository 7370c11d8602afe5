"""Documents, snapshots and readiness over the API."""

import json
from copy import deepcopy

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.core.rules import SUCCEEDED
from apps.reports import tasks
from apps.reports.models import ReadinessRun, ReportRun, Snapshot
from apps.reports.rules.pack import sha256
from tests.reports.documents import VERSION_CARD, frozen, make
from tests.reports.world import World

pytestmark = pytest.mark.django_db
REPORTS, SNAPSHOTS, CHECKS = "/api/v1/reports/", "/api/v1/snapshots/", "/api/v1/readiness-checks/"


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


def test_which_documents_there_are(world: World) -> None:
    ada = client(world.ada)
    every = ada.get("/api/v1/document-kinds/").json()
    assert {"audit-pack", "ai-act-annex-iv", VERSION_CARD} <= {kind["document"] for kind in every}
    of_incidents = ada.get("/api/v1/document-kinds/", {"about": "incident"}).json()
    assert of_incidents and all("incident" in kind["subjects"] for kind in of_incidents)
    form = next(kind for kind in every if kind["document"] == "model-documentation-form")
    assert len(form["audiences"]) == 3 and form["formats"]


def test_a_document_from_asking_to_its_files(world: World) -> None:
    body = {"document": VERSION_CARD, "about": "version", "subject": world.version.pk}
    answer = client(world.ada).post(REPORTS, body)
    assert answer.status_code == 202
    started = answer.json()
    assert started["about"] == {"id": world.version.pk, "kind": "version", "label": str(world.version)}
    twin = client(world.olga).post(REPORTS, body)
    assert (twin.status_code, twin.json()["code"]) == (409, "report.open")
    make(ReportRun.objects.get(pk=started["id"]))
    detail = client(world.olga).get(f"{REPORTS}{started['id']}/").json()
    assert detail["state"] == SUCCEEDED and detail["snapshot"] == Snapshot.objects.get().pk
    assert detail["result"]["standing"]["total"] > 0
    assert {file["form"] for file in detail["files"]} >= {"pdf", "json"}
    for file in detail["files"]:
        download = client(world.ada).get(f"{REPORTS}{started['id']}/files/{file['form']}/")
        data = b"".join(download.streaming_content)
        assert (sha256(data), len(data)) == (file["digest"], file["size"])
        assert download["ETag"] == f'"{file["digest"]}"'
    listed = client(world.ada).get(REPORTS, {"document": VERSION_CARD, "about": "version"}).json()["results"]
    assert [row["id"] for row in listed] == [started["id"]]


def test_a_snapshot_its_content_and_a_document_of_it(world: World) -> None:
    ada = client(world.ada)
    body = {"about": "version", "subject": world.version.pk, "label": "Spring audit", "reason": "It begins tomorrow"}
    answer = ada.post(SNAPSHOTS, body)
    assert answer.status_code == 202 and answer.json()["snapshot"] is None
    tasks.freeze(answer.json()["id"])
    row = ada.get(SNAPSHOTS, {"about": "version", "subject": world.version.pk}).json()["results"][0]
    assert (row["label"], row["reason"]) == ("Spring audit", "It begins tomorrow")
    content = ada.get(f"{SNAPSHOTS}{row['id']}/content/")
    data = b"".join(content.streaming_content)
    assert sha256(data) == row["digest"] and json.loads(data)["subject"]["id"] == world.version.pk
    ready = ada.get(f"{SNAPSHOTS}{row['id']}/readiness/", {"document": VERSION_CARD}).json()
    assert ready["total"] == ready["filled"] + ready["partly"] + ready["not_applicable"] + ready["missing"]
    made = ada.post(REPORTS, {"document": VERSION_CARD, "snapshot": row["id"]})
    assert made.status_code == 202 and made.json()["snapshot"] == row["id"]


def test_what_changed(world: World) -> None:
    ada = client(world.ada)
    before, after = frozen(world.version, world.ada), frozen(world.version, world.ada)
    found = ada.get("/api/v1/snapshots-compared/", {"before": before.pk, "after": after.pk}).json()
    assert found["counts"] == {"added": 0, "removed": 0, "changed": 0}
    other = frozen(world.data, world.ada)
    refused = ada.get("/api/v1/snapshots-compared/", {"before": before.pk, "after": other.pk})
    assert (refused.status_code, refused.json()["code"]) == (422, "snapshot.other_subject")
    assert ada.get("/api/v1/snapshots-compared/", {"before": "x", "after": after.pk}).status_code == 404


def test_readiness(world: World) -> None:
    answer = client(world.ada).post(CHECKS, {"about": "version", "subject": world.version.pk})
    assert answer.status_code == 202
    tasks.look_through(answer.json()["id"])
    detail = client(world.olga).get(f"{CHECKS}{answer.json()['id']}/").json()
    found = {row["document"] for row in detail["result"]["documents"]}
    assert detail["state"] == SUCCEEDED and {"ai-act-annex-iv", VERSION_CARD} <= found
    assert detail["about"]["label"] == str(world.version)


def test_refusals(world: World) -> None:
    ada, xena = client(world.ada), client(world.xena)
    mine = {"about": "version", "subject": world.version.pk}
    for body in (mine | {"version": 1}, {"subject": 1}, {"about": "planet", "subject": 1}, {"about": "version"}, {}):
        assert ada.post(REPORTS, body).status_code == 400, body
    assert ada.post(REPORTS, mine | {"document": "no-such"}).status_code == 404
    wrong = ada.post(REPORTS, {"document": "dataset-datasheet"} | mine)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "document.subject")
    snapshot = frozen(world.version, world.ada)
    for answer in (
        xena.post(REPORTS, {"document": VERSION_CARD} | mine),
        xena.post(REPORTS, {"document": VERSION_CARD, "snapshot": snapshot.pk}),
        xena.post(SNAPSHOTS, mine | {"label": "x", "reason": "y"}),
        xena.post(CHECKS, mine),
        xena.get(f"{SNAPSHOTS}{snapshot.pk}/"),
        xena.get(f"{SNAPSHOTS}{snapshot.pk}/content/"),
        xena.get(f"{SNAPSHOTS}{snapshot.pk}/readiness/", {"document": VERSION_CARD}),
        xena.get("/api/v1/snapshots-compared/", {"before": snapshot.pk, "after": snapshot.pk}),
    ):
        assert answer.status_code == 404
    assert xena.get(SNAPSHOTS).json()["results"] == [] and not ReadinessRun.objects.exists()
    assert ada.get(f"{SNAPSHOTS}{snapshot.pk}/readiness/", {"document": "no-such"}).status_code == 404
    assert ada.post(SNAPSHOTS, mine | {"label": " ", "reason": "y"}).status_code == 400
    assert APIClient().get(SNAPSHOTS).status_code in (401, 403)
