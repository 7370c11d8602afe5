"""Files and logged models, sent and fetched by MLflow's client."""

import hashlib
import http.client
import math
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

import requests  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

from apps.accounts.rules import WRITE  # noqa: E402
from apps.accounts.services import token_create  # noqa: E402
from apps.audit.models import AuditEntry  # noqa: E402
from apps.audit.services import SYSTEM  # noqa: E402
from apps.tracking.models import LoggedModel, TrackedFile  # noqa: E402
from tests.makers import make_person  # noqa: E402
from tests.people import People  # noqa: E402

LARGE = 3 * 1024 * 1024


@pytest.fixture
def client(people: People, speak_as) -> MlflowClient:
    return speak_as(people.olga)


@pytest.fixture
def run_id(client: MlflowClient) -> str:
    return client.create_run(client.create_experiment("files")).info.run_id


@pytest.fixture
def token(people: People) -> dict[str, str]:
    secret = token_create(by=SYSTEM, user=people.olga, name="raw", scope=WRITE)[1]
    return {"Authorization": f"Bearer {secret}"}


def test_files_go_out_and_come_back(client: MlflowClient, run_id: str, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    large = bytes(range(256)) * (LARGE // 256)
    (tmp_path / "deep" / "er" / "größe 日本 (1) 100%.bin").write_bytes(large)
    (tmp_path / "note.txt").write_text("a note")
    client.log_artifacts(run_id, str(tmp_path), "out")
    client.log_text(run_id, "hello", "hello.txt")
    client.log_dict(run_id, {"a": 1}, "data/a.json")
    assert [(item.path, item.is_dir, item.file_size) for item in client.list_artifacts(run_id)] == [
        ("data", True, None),
        ("hello.txt", False, 5),
        ("out", True, None),
    ]
    assert [item.path for item in client.list_artifacts(run_id, "out/deep")] == ["out/deep/er"]
    assert client.list_artifacts(run_id, "hello.txt") == []
    (tmp_path / "back").mkdir()
    home = Path(client.download_artifacts(run_id, "out", str(tmp_path / "back")))
    assert (home / "deep" / "er" / "größe 日本 (1) 100%.bin").read_bytes() == large
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/hello.txt") == "hello"
    row = TrackedFile.objects.get(path="out/deep/er/größe 日本 (1) 100%.bin")
    assert (row.digest, row.size) == (hashlib.sha256(large).hexdigest(), LARGE)


def test_a_file_sent_again_takes_the_place_of_the_first(client: MlflowClient, run_id: str) -> None:
    client.log_text(run_id, "one", "a.txt")
    client.log_text(run_id, "two", "a.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/a.txt") == "two"
    assert TrackedFile.objects.count() == 1
    with pytest.raises(requests.HTTPError):  # a file's name is no folder
        client.log_text(run_id, "x", "a.txt/b.txt")


def test_folders_are_taken_off_again(client: MlflowClient, run_id: str) -> None:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    for name in ("a/1.txt", "a/2.txt", "A/3.txt"):
        client.log_text(run_id, name, name)
    get_artifact_repository(client.get_run(run_id).info.artifact_uri).delete_artifacts("a")
    assert list(TrackedFile.objects.values_list("path", flat=True)) == ["A/3.txt"]
    assert AuditEntry.objects.get(action="tracked_file.remove").data["count"] == 2


def test_half_a_file_is_not_kept(client: MlflowClient, run_id: str, live_server, token: dict[str, str]) -> None:
    place = urlsplit(live_server.url)
    path = f"/api/2.0/mlflow-artifacts/artifacts/{client.get_run(run_id).info.experiment_id}/{run_id}/artifacts/half"
    with closing(http.client.HTTPConnection(place.hostname, place.port)) as connection:
        connection.putrequest("PUT", path)
        for name, value in {**token, "Content-Length": "1000"}.items():
            connection.putheader(name, value)
        connection.endheaders(b"x" * 400)
        connection.sock.shutdown(socket.SHUT_WR)  # nothing more will come
        with connection.getresponse() as answer:
            assert answer.status == 400
            assert b"400 of 1000 bytes" in answer.read()
    assert not TrackedFile.objects.exists()


@pytest.mark.parametrize("path", ["../up", "a/../../b", "./a", "a//b", "%2e%2e/up", "a%00b", "x" * 501, "a\\b", ""])
def test_paths_that_leave_the_run_are_refused(
    client: MlflowClient, run_id: str, live_server, token: dict[str, str], path: str
) -> None:
    start = f"/api/2.0/mlflow-artifacts/artifacts/{client.get_run(run_id).info.experiment_id}/{run_id}/artifacts/"
    place = urlsplit(live_server.url)
    with closing(http.client.HTTPConnection(place.hostname, place.port)) as connection:
        connection.request("PUT", start + path.replace("\\", "%5C"), b"x", token)
        with connection.getresponse() as answer:
            assert answer.status in (400, 404)
    assert not TrackedFile.objects.exists()


def test_who_may_read_files(client: MlflowClient, people: People, run_id: str, speak_as) -> None:
    client.log_text(run_id, "raw data of people", "rows.txt")
    auditor = speak_as(make_person("auditor", team=people.team))
    assert [item.path for item in auditor.list_artifacts(run_id)] == ["rows.txt"]
    with pytest.raises(MlflowException, match="Failed to download"):
        auditor.download_artifacts(run_id, "rows.txt")
    xena = speak_as(people.xena)
    with pytest.raises(MlflowException, match="not found"):
        xena.list_artifacts(run_id)


def test_a_logged_model_from_beginning_to_end(
    client: MlflowClient, people: People, run_id: str, tmp_path: Path
) -> None:
    key = client.get_run(run_id).info.experiment_id
    params = {f"p{number}": str(number) for number in range(250)}  # more than a client sends at once
    told = {"source_run_id": run_id, "params": params, "tags": {"a": "b"}, "model_type": "llm"}
    model = client.create_logged_model(key, "süß", **told)
    assert (model.status, model.source_run_id, model.params) == (LoggedModelStatus.PENDING, run_id, params)
    (tmp_path / "MLmodel").write_text("flavors: {}")
    client.log_model_artifacts(model.model_id, str(tmp_path))
    assert [item.path for item in client.list_logged_model_artifacts(model.model_id)] == ["MLmodel"]
    done = client.finalize_logged_model(model.model_id, "READY")
    assert done.status == LoggedModelStatus.READY
    client.set_logged_model_tags(model.model_id, {"c": "d"})
    client.delete_logged_model_tag(model.model_id, "a")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 3)])
    client.log_metric(run_id, "score", 0.9, model_id=model.model_id, dataset_name="eval", dataset_digest="d1")
    client.log_metric(run_id, "score", math.nan, step=2, model_id=model.model_id)
    found = client.get_logged_model(model.model_id)
    assert found.tags == {"c": "d"}
    assert {(item.key, item.dataset_name) for item in found.metrics} == {("score", "eval"), ("score", None)}
    outputs = client.get_run(run_id).outputs.model_outputs
    assert [(item.model_id, item.step) for item in outputs] == [(model.model_id, 3)]
    actions = AuditEntry.objects.filter(object_type="tracking.loggedmodel").values_list("action", flat=True)
    assert set(actions) >= {"logged_model.create", "logged_model.finish"}
    client.delete_logged_model(model.model_id)
    with pytest.raises(MlflowException, match="not found"):
        client.get_logged_model(model.model_id)
    assert LoggedModel.objects.get().deleted_at is not None


def test_logged_models_are_searched(client: MlflowClient, run_id: str) -> None:
    key = client.get_run(run_id).info.experiment_id
    made = [client.create_logged_model(key, f"m{n}", tags={"n": str(n)}, params={"lr": f"0.{n}"}) for n in range(4)]
    for number, model in enumerate(made):
        client.log_batch(run_id, [Metric("acc", number / 10, 1, 0, model.model_id, "d", "1", run_id)])
    names = lambda **more: [item.name for item in client.search_logged_models([key], **more)]  # noqa: E731
    assert names(filter_string="metrics.acc >= 0.2") == ["m3", "m2"]
    assert names(filter_string="params.lr = '0.1'") == ["m1"]
    assert names(filter_string="name LIKE 'm%' AND tags.n = '2'") == ["m2"]
    order = [{"field_name": "metrics.acc", "ascending": True, "dataset_name": "d"}]
    assert names(order_by=order) == ["m0", "m1", "m2", "m3"]
    first = client.search_logged_models([key], max_results=3)
    rest = client.search_logged_models([key], max_results=3, page_token=first.token)
    assert len(first) == 3 and len(rest) == 1 and rest.token is None
    for words in ("metrics.acc LIKE 'x'", "colour = 'x'"):
        with pytest.raises(MlflowException):
            names(filter_string=words)


def test_parts_and_presigned_addresses_are_not_given_out(live_server, token: dict[str, str]) -> None:
    for verb, path in (("POST", "mpu/create/1/x"), ("GET", "presigned/1/x")):
        answer = requests.request(verb, f"{live_server.url}/api/2.0/mlflow-artifacts/{path}", headers=token)
        assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
