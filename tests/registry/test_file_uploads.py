"""Versions whose files people send: opened, filled in pieces by the tus protocol, sealed under one digest."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from apps.accounts.rules import AUDITOR
from apps.audit.models import AuditEntry
from apps.core import storage
from apps.registry.models import HeldFile, ModelUpload, ModelVersion, RegisteredModel
from apps.registry.rules import manifest_digest
from apps.registry.services import file_uploads_sweep
from tests.makers import make_client, make_model, make_person, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/file-uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"
CONFIG = json.dumps({"architectures": ["LlamaForCausalLM"], "max_position_embeddings": 2048}).encode()


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> APIClient:
    return make_client(people.olga)


@pytest.fixture
def model(people: People) -> RegisteredModel:
    return make_model(people.olga, people.team)


@pytest.fixture
def version(olga: APIClient, model: RegisteredModel) -> ModelVersion:
    answer = olga.post(f"/api/v1/models/{model.pk}/open-version/", {"licence": "MIT"})
    assert answer.status_code == 201, answer.content
    return ModelVersion.objects.get(pk=answer.json()["id"])


def said(**pairs: object) -> str:
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in pairs.items())


def begin(client: Client, version: ModelVersion, path: str, size: int, **more: object) -> Any:
    metadata = said(**{"filename": path, "version": version.pk} | more)
    return client.generic("POST", API, headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata})


def piece(client: Client, url: str, offset: int, content: bytes) -> Any:
    return client.generic("PATCH", url, content, PIECE, headers=TUS | {"Upload-Offset": str(offset)})


def sent(client: Client, version: ModelVersion, path: str, content: bytes, **more: object) -> Any:
    answer = begin(client, version, path, len(content), **more)
    assert answer.status_code == 201, answer.content
    return piece(client, answer["Location"], 0, content) if content else answer


def seal(client: APIClient, version: ModelVersion) -> Any:
    return client.post(f"/api/v1/model-versions/{version.pk}/seal/")


def test_three_steps_to_a_version(olga: APIClient, version: ModelVersion) -> None:
    weights = b"weights" * 1000
    started = begin(olga, version, "model.safetensors", len(weights), sha256=hashlib.sha256(weights).hexdigest())
    url = started["Location"]
    assert piece(olga, url, 0, weights[:100]).headers["Upload-Offset"] == "100"
    assert olga.head(url, headers=TUS)["Upload-Offset"] == "100"
    assert piece(olga, url, 50, weights[50:]).status_code == 409
    early = seal(olga, version)
    assert (early.status_code, early.json()["code"]) == (409, "version.incomplete")
    assert piece(olga, url, 100, weights[100:]).status_code == 204
    assert sent(olga, version, "config.json", CONFIG).status_code == 204
    assert sent(olga, version, "empty.txt", b"").status_code == 201
    told = seal(olga, version).json()
    files = [("model.safetensors", weights), ("config.json", CONFIG), ("empty.txt", b"")]
    expected = manifest_digest((path, hashlib.sha256(data).hexdigest(), len(data)) for path, data in files)
    assert (told["manifest_digest"], told["architecture"], told["context_length"]) == (
        expected,
        "LlamaForCausalLM",
        2048,
    )
    assert told["licence"] == "MIT" and told["size"] == len(weights) + len(CONFIG)
    assert AuditEntry.objects.filter(action="version.seal", data__files=3).exists()
    assert storage.exists(hashlib.sha256(weights).hexdigest())
    again = begin(olga, version, "late.txt", 3)
    assert (again.status_code, again.json()["code"]) == (409, "version.sealed")
    assert seal(olga, version).json()["code"] == "version.sealed"


def test_what_may_run_code_is_held_when_the_version_is_sealed(olga: APIClient, version: ModelVersion) -> None:
    sent(olga, version, "model.pkl", b"\x80\x04]\x94.")
    assert seal(olga, version).json()["held_files"] == 1
    assert HeldFile.objects.get().path == "model.pkl"
    assert olga.get(f"/api/v1/model-versions/{version.pk}/files/model.pkl").status_code == 403


def test_a_wrong_digest_ends_the_upload_and_the_path_is_free_again(olga: APIClient, version: ModelVersion) -> None:
    refused = sent(olga, version, "a.txt", b"abc", sha256="0" * 64)
    assert (refused.status_code, refused.json()["code"]) == (409, "digest.differs")
    assert ModelUpload.objects.get().ended_at is not None and not ModelUpload.objects.get().digest
    assert seal(olga, version).json()["code"] == "version.empty"
    assert sent(olga, version, "a.txt", b"abc").status_code == 204


def test_one_path_is_sent_once_and_can_be_given_up(olga: APIClient, version: ModelVersion) -> None:
    url = begin(olga, version, "a.txt", 3)["Location"]
    assert begin(olga, version, "a.txt", 3).json()["code"] == "upload.path"
    assert olga.delete(url, headers=TUS).status_code == 204
    assert begin(olga, version, "a.txt", 3).status_code == 201


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a\\b", "x" * 301, "a\nb", "."])
def test_paths_that_no_version_can_hold(olga: APIClient, version: ModelVersion, path: str) -> None:
    assert begin(olga, version, path, 3).status_code in {400, 422}


@pytest.mark.parametrize("path", ["größe/模型.safetensors", "a b/c.json", "x" * 200])
def test_paths_in_any_script(olga: APIClient, version: ModelVersion, path: str) -> None:
    assert sent(olga, version, path, b"abc").status_code == 204
    seal(olga, version)
    assert version.files.get().path == path


def test_only_open_versions_take_files(olga: APIClient, people: People, model: RegisteredModel) -> None:
    imported = make_version(people.olga, people.team, model=model)
    assert begin(olga, imported, "a.txt", 3).json()["code"] == "version.sealed"
    assert seal(olga, imported).json()["code"] == "version.sealed"


def test_who_may_send(olga: APIClient, people: People, version: ModelVersion) -> None:
    url = begin(olga, version, "a.txt", 3)["Location"]
    xena = make_client(people.xena)
    assert begin(xena, version, "b.txt", 3).status_code == 404
    assert piece(xena, url, 0, b"abc").status_code == 404
    assert seal(xena, version).status_code == 404
    auditor = make_client(make_person(AUDITOR, team=people.team))
    assert begin(auditor, version, "b.txt", 3).status_code == 403
    assert seal(auditor, version).status_code == 403
    colleague = make_client(make_person("engineer", team=people.team))
    assert piece(colleague, url, 0, b"abc").status_code == 403
    assert colleague.delete(url, headers=TUS).status_code == 204


def test_a_file_beyond_the_bound(olga: APIClient, version: ModelVersion, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    assert begin(olga, version, "a.txt", 11).status_code == 413


def test_files_that_nobody_goes_on_with_are_swept(olga: APIClient, version: ModelVersion) -> None:
    begin(olga, version, "a.txt", 3)
    sent(olga, version, "b.txt", b"abc")
    assert file_uploads_sweep() == 0
    ModelUpload.objects.update(touched_at=timezone.now() - timedelta(days=400))
    assert file_uploads_sweep() == 1
    assert seal(olga, version).status_code == 200, "the one that was there stays"


def test_a_deleted_parent_takes_nothing(olga: APIClient, version: ModelVersion) -> None:
    url = begin(olga, version, "a.txt", 3)["Location"]
    RegisteredModel.objects.update(deleted_at=timezone.now())
    ModelVersion.objects.update(deleted_at=timezone.now())
    assert begin(olga, version, "b.txt", 3).status_code == 404
    assert seal(olga, version).status_code == 404
    assert piece(olga, url, 0, b"abc").status_code in {204, 404, 409}
