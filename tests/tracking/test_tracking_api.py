"""Experiments, runs and logged models over the portal's own API."""

import io
import math

import pytest
from rest_framework.test import APIClient

from apps.accounts.rules import READ
from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid
from apps.tracking import services
from apps.tracking.models import Experiment, TrackingRun
from apps.tracking.rules.places import Place
from tests.makers import make_client, make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
NOW = 1_700_000_000_000


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> APIClient:
    return make_client(people.olga)


@pytest.fixture
def experiment(people: People) -> Experiment:
    return services.experiment_create(by=people.olga, team=people.team, name="Tries")


@pytest.fixture
def run(people: People, experiment: Experiment) -> TrackingRun:
    return services.tracking_run_create(by=people.olga, experiment=experiment, name="first")


def test_an_experiment_from_beginning_to_end(people: People, olga: APIClient) -> None:
    body = {"team": people.team.pk, "name": "Küche", "tags": {"a": "b"}}
    made = olga.post("/api/v1/experiments/", body, format="json")
    assert made.status_code == 201, made.data
    address = f"/api/v1/experiments/{made.data['id']}/"
    again = olga.post("/api/v1/experiments/", {"team": people.team.pk, "name": "Küche"}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "experiment.exists")
    assert olga.patch(address, {"name": "Bad"}, format="json").data["name"] == "Bad"
    assert olga.post(address + "delete/").data["lifecycle"] == "deleted"
    assert olga.patch(address, {"name": "Flur"}, format="json").status_code == 422
    assert olga.post(address + "restore/").data["lifecycle"] == "active"
    assert [row["name"] for row in olga.get("/api/v1/experiments/?name__icontains=ba").data["results"]] == ["Bad"]
    assert olga.get("/api/v1/experiments/?nmae=x").status_code == 400


def test_a_run_from_beginning_to_end(olga: APIClient, experiment: Experiment) -> None:
    made = olga.post("/api/v1/tracking-runs/", {"experiment": experiment.pk, "name": "night"}, format="json")
    assert made.status_code == 201, made.data
    address = f"/api/v1/tracking-runs/{made.data['id']}/"
    metrics = [{"key": "loss", "value": 1 / (step + 1), "timestamp": NOW, "step": step} for step in range(50)]
    odd = [
        {"key": "odd", "value": word, "timestamp": NOW, "step": step} for step, word in enumerate(("NaN", "Infinity"))
    ]
    batch = {"metrics": metrics + odd, "params": {"lr": "0.1"}, "tags": {"a": "b"}}
    logged = olga.post(address + "log/", batch, format="json")
    assert logged.status_code == 200, logged.data
    told = {row["key"]: row["value"] for row in logged.data["metrics"]}
    assert math.isclose(told["loss"], 1 / 50) and told["odd"] == "Infinity"
    assert logged.data["params"] == {"lr": "0.1"} and logged.data["tags"]["a"] == "b"
    readings = olga.get(address + "metrics/?key=loss&most=5").data
    assert [row["step"] for row in readings] == [0, 12, 24, 36, 49]
    changed = olga.post(address + "log/", {"params": {"lr": "0.2"}}, format="json")
    assert (changed.status_code, changed.data["code"]) == (422, "param.changed")
    ended = olga.patch(address, {"state": "FINISHED"}, format="json").data
    assert ended["state"] == "FINISHED" and ended["ended_at"]
    assert AuditEntry.objects.filter(action="tracking_run.end").count() == 1
    assert olga.post(address + "delete/").data["lifecycle"] == "deleted"
    assert olga.post(address + "restore/").data["lifecycle"] == "active"


@pytest.mark.parametrize(
    "body",
    [
        {"metrics": [{"key": "a", "value": "x", "timestamp": NOW}]},
        {"metrics": [{"key": "a", "value": [1], "timestamp": NOW}]},
        {"metrics": [{"key": "", "value": 1, "timestamp": NOW}]},
        {"metrics": [{"key": "a", "value": 1, "timestamp": "soon"}]},
        {"metrics": [{"key": "a", "value": 1, "timestamp": NOW, "step": 2**63}]},
        {"params": {"k" * 251: "x"}},
        {"params": {"k": "x" * 6001}},
        {"tags": {"k": "x" * 8001}},
        {"metric": []},
    ],
)
def test_bad_logs_are_refused(olga: APIClient, run: TrackingRun, body: dict[str, object]) -> None:
    answer = olga.post(f"/api/v1/tracking-runs/{run.uuid}/log/", body, format="json")
    assert answer.status_code in (400, 422), answer.data
    assert not run.params.exists() and not run.readings.exists()


def test_runs_are_searched_and_paged(people: People, olga: APIClient, experiment: Experiment) -> None:
    for number in range(5):
        made = services.tracking_run_create(by=people.olga, experiment=experiment, name=f"run {number}")
        services.run_log(by=people.olga, key=made.uuid, params=[("n", str(number))])
    body = {"filter": "params.n != '0'", "order_by": ["params.n ASC"], "page_size": 3}
    first = olga.post("/api/v1/tracking-runs/search/", body, format="json").data
    rest = olga.post(
        "/api/v1/tracking-runs/search/", body | {"page_token": first["next_page_token"]}, format="json"
    ).data
    names = [row["name"] for row in [*first["results"], *rest["results"]]]
    assert names == [f"run {number}" for number in (1, 2, 3, 4)] and rest["next_page_token"] is None
    bad = olga.post("/api/v1/tracking-runs/search/", {"filter": "nothing"}, format="json")
    assert (bad.status_code, bad.data["code"]) == (422, "search.invalid")
    other = olga.post("/api/v1/tracking-runs/search/", {"experiments": [experiment.pk + 1]}, format="json")
    assert other.data["results"] == []
    assert olga.get(f"/api/v1/tracking-runs/?experiment={experiment.pk}").data["results"][0]["name"] == "run 4"


def test_files_are_listed_for_all_and_read_by_some(people: People, olga: APIClient, run: TrackingRun) -> None:
    place = Place(run=run.uuid, path="out/größe.txt")
    services.tracked_file_store(by=people.olga, place=place, stream=io.BytesIO(b"0123456789"))
    address = f"/api/v1/tracking-runs/{run.uuid}/"
    assert [row["path"] for row in olga.get(address + "files/").data] == ["out"]
    listed = olga.get(address + "files/?path=out").data[0]
    assert (listed["path"], listed["size"], len(listed["digest"])) == ("out/größe.txt", 10, 64)
    whole = olga.get(address + "file/", {"path": "out/größe.txt"})
    assert b"".join(whole.streaming_content) == b"0123456789" and whole["ETag"] == f'"{listed["digest"]}"'
    part = olga.get(address + "file/", {"path": "out/größe.txt"}, HTTP_RANGE="bytes=2-4")
    assert part.status_code == 206 and b"".join(part.streaming_content) == b"234"
    assert olga.get(address + "file/?path=nothing").status_code == 404
    assert olga.get(address + "files/?path=../up").status_code == 422
    auditor = make_client(make_person("auditor", team=people.team))
    assert auditor.get(address + "files/").status_code == 200
    assert auditor.get(address + "file/", {"path": "out/größe.txt"}).status_code == 403


def test_half_a_file_and_a_folders_name_are_refused(people: People, run: TrackingRun) -> None:
    place = Place(run=run.uuid, path="a/b")
    with pytest.raises(Invalid, match="3 of 5 bytes"):
        services.tracked_file_store(by=people.olga, place=place, stream=io.BytesIO(b"abc"), expect_size=5)
    services.tracked_file_store(by=people.olga, place=place, stream=io.BytesIO(b"abc"), expect_size=3)
    for path in ("a", "a/b/c"):
        with pytest.raises(Conflict):
            services.tracked_file_store(by=people.olga, place=Place(run=run.uuid, path=path), stream=io.BytesIO(b"x"))


def test_a_stranger_finds_nothing_and_others_only_read(
    people: People, olga: APIClient, experiment: Experiment, run: TrackingRun
) -> None:
    model = services.logged_model_create(by=people.olga, experiment=experiment, name="m")
    addresses = [
        f"/api/v1/experiments/{experiment.pk}/",
        f"/api/v1/tracking-runs/{run.uuid}/",
        f"/api/v1/logged-models/{model.model_id}/",
        f"/api/v1/logged-models/{model.model_id}/files/",
    ]
    xena, rui, reader = make_client(people.xena), make_client(people.rui), make_client(people.olga, scope=READ)
    for address in addresses:
        assert olga.get(address).status_code == rui.get(address).status_code == 200, address
        assert xena.get(address).status_code == 404, address
    for client, status in ((xena, 404), (rui, 403), (reader, 403)):
        logged = client.post(f"/api/v1/tracking-runs/{run.uuid}/log/", {"tags": {"a": "b"}}, format="json")
        assert logged.status_code == status
        assert client.post(f"/api/v1/experiments/{experiment.pk}/delete/").status_code == status
    for name in ("experiments", "tracking-runs", "logged-models"):
        assert xena.get(f"/api/v1/{name}/").data["results"] == []
        assert len(rui.get(f"/api/v1/{name}/").data["results"]) == 1
