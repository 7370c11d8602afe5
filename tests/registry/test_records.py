"""What is on record about a version: facts, aliases over the API, tags, files in ranges, the manifest."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.rules import COMPLIANCE
from apps.audit.models import AuditEntry
from apps.core.downloads import range_of
from apps.registry.models import AliasMove, HeldFile, ModelVersion, VersionTag
from apps.registry.rules.facts import environment_lock, from_facts
from tests.makers import make_client, make_person, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> APIClient:
    return make_client(people.olga)


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team, files={"a/b.txt": b"0123456789", "config.json": b"{}"})


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_facts_are_put_right_with_a_reason(olga: APIClient, version: ModelVersion) -> None:
    url = f"{API}model-versions/{version.pk}/describe/"
    said = {"context_length": 4096, "base_names": ["org/base"], "relation": "finetune", "environment": "torch==2.13.0"}
    assert olga.post(url, said | {"reason": ""}).status_code == 400
    told = olga.post(url, said | {"reason": "read in its card"}).json()
    assert (told["context_length"], told["base_names"], told["relation"]) == (4096, ["org/base"], "finetune")
    entry = AuditEntry.objects.get(action="version.describe")
    assert entry.data["changed"]["context_length"] == {"before": None, "after": 4096}
    assert "torch" not in str(entry.data)  # long texts by their digest
    for wrong in ({"relation": "cousin"}, {"context_length": 0}, {"context_length": 2**31}, {"stage": "approved"}):
        assert olga.post(url, wrong | {"reason": "x"}).status_code == 400
    ModelVersion.objects.update(stage="retired")
    assert olga.post(url, {"licence": "MIT", "reason": "x"}).json()["code"] == "version.retired"


def test_what_the_files_tell_fills_what_nobody_said() -> None:
    facts = {"architecture": "LlamaForCausalLM", "parameters": 7, "context_length": 10**30, "tokenizer": None}
    assert from_facts(facts) == {"architecture": "LlamaForCausalLM", "parameters": 7, "modality": "text to text"}
    assert environment_lock({"environment": {"packages": {"b": "2", "a": "1"}}}) == "a==1\nb==2"
    assert environment_lock({}) == ""


def test_an_alias_over_the_api_with_what_it_meant_before(olga: APIClient, version: ModelVersion) -> None:
    other = make_version(version.created_by, version.team, model=version.model)
    url = f"{API}models/{version.model_id}/aliases/"
    assert olga.put(f"{url}trial/", {"version": version.pk, "reason": "first"}).json()["number"] == 1
    AliasMove.objects.update(moved_at=timezone.now() - timedelta(days=5))
    moved = olga.put(f"{url}trial/", {"version": other.pk, "expect_version": 1})
    assert moved.status_code == 200
    late = olga.put(f"{url}trial/", {"version": version.pk, "expect_version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "alias.moved")
    then = (timezone.now() - timedelta(days=2)).isoformat()
    assert olga.get(f"{url}trial/", {"at": then}).json()["version"]["id"] == version.pk
    assert [row["version"]["id"] for row in olga.get(url, {"at": then}).json()] == [version.pk]
    assert [row["number"] for row in olga.get(url).json()] == [2]
    assert olga.get(f"{url}trial/", {"at": "2020-01-01T00:00:00Z"}).status_code == 404
    assert olga.get(url, {"at": "2020-01-01T00:00:00Z"}).json() == []
    assert olga.get(f"{API}model-versions/{other.pk}/").json()["aliases"] == ["trial"]
    assert olga.delete(f"{url}trial/", {}, format="json").status_code == 204
    assert olga.get(f"{url}trial/").json()["code"] == "alias.missing"
    history = olga.get(f"{API}models/{version.model_id}/alias-moves/").json()["results"]
    assert [row["version"] and row["version"]["id"] for row in history] == [None, other.pk, version.pk]


def test_a_protected_alias_over_the_api(olga: APIClient, people: People, version: ModelVersion) -> None:
    url = f"{API}models/{version.model_id}/"
    refusal = olga.put(f"{url}aliases/champion/", {"version": version.pk})
    assert (refusal.status_code, refusal.json()["code"]) == (403, "alias.protected")
    assert olga.post(f"{url}protect-aliases/", {"names": [], "reason": "free"}).status_code == 403
    officer = make_client(make_person(COMPLIANCE, team=people.team))
    assert officer.post(f"{url}protect-aliases/", {"names": ["latest"], "reason": "x"}).status_code == 422
    freed = officer.post(f"{url}protect-aliases/", {"names": ["live"], "reason": "only live counts"})
    assert freed.json()["protected_aliases"] == ["live"]
    assert olga.put(f"{url}aliases/champion/", {"version": version.pk}).status_code == 200


def test_tags_of_a_version(olga: APIClient, version: ModelVersion) -> None:
    url = f"{API}model-versions/{version.pk}/tags/"
    assert olga.post(url, {"key": "用途", "value": "客服"}).status_code == 204
    VersionTag.objects.bulk_create(VersionTag(version=version, key=f"k{n}", value="v") for n in range(10_000))
    page = olga.get(url).json()
    assert len(page["results"]) <= 100 and page["next"]
    assert olga.delete(url, {"key": "用途"}, format="json").status_code == 204
    assert not VersionTag.objects.filter(version=version, key="用途").exists()


def test_a_file_comes_whole_or_in_ranges_with_its_digest(olga: APIClient, version: ModelVersion) -> None:
    url = f"{API}model-versions/{version.pk}/files/a/b.txt"
    whole = olga.get(url)
    digest = hashlib.sha256(b"0123456789").digest()
    assert (whole.status_code, body_of(whole)) == (200, b"0123456789")
    assert whole["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert (whole["Content-Length"], whole["Accept-Ranges"]) == ("10", "bytes")
    part = olga.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part["Content-Range"], body_of(part)) == (206, "bytes 2-4/10", b"234")
    assert body_of(olga.get(url, headers={"Range": "bytes=7-", "If-Range": whole["ETag"]})) == b"789"
    assert olga.get(url, headers={"Range": "bytes=7-", "If-Range": '"other"'}).status_code == 200
    beyond = olga.get(url, headers={"Range": "bytes=10-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */10")
    assert olga.get(f"{API}model-versions/{version.pk}/files/nope").json()["code"] == "file.missing"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=4-2", (0, 10)),
        ("bytes=0-1,3-4", (0, 10)),
        ("items=0-1", (0, 10)),
        ("bytes=-", (0, 10)),
    ],
)
def test_ranges(header: str, span: tuple[int, int] | None) -> None:
    assert range_of(header, 10) == span


def test_a_held_file_is_refused_and_its_neighbour_is_not(olga: APIClient, version: ModelVersion) -> None:
    file = version.files.get(path="a/b.txt")
    HeldFile.objects.create(
        team=version.team, version=version, path=file.path, digest=file.digest, format="pickle", state="held"
    )
    ModelVersion.objects.filter(pk=version.pk).update(held_files=1)
    refusal = olga.get(f"{API}model-versions/{version.pk}/files/a/b.txt")
    assert (refusal.status_code, refusal.json()["code"]) == (403, "file.held")
    assert olga.get(f"{API}model-versions/{version.pk}/files/config.json").status_code == 200


def test_the_manifest_in_both_forms(olga: APIClient, version: ModelVersion) -> None:
    manifest = olga.get(f"{API}model-versions/{version.pk}/manifest/").json()
    assert manifest["manifest_digest"] == version.manifest_digest
    assert [file["path"] for file in manifest["files"]] == ["a/b.txt", "config.json"]
    text = olga.get(f"{API}model-versions/{version.pk}/sha256sums/").content.decode()
    assert text.splitlines()[0] == f"{hashlib.sha256(b'0123456789').hexdigest()}  a/b.txt"


@pytest.mark.parametrize("path", ["files/config.json", "manifest/", "sha256sums/", "tags/"])
def test_an_outsider_finds_nothing_of_it(people: People, version: ModelVersion, path: str) -> None:
    assert make_client(people.xena).get(f"{API}model-versions/{version.pk}/{path}").status_code == 404


def test_an_outsider_moves_nothing(people: People, version: ModelVersion) -> None:
    xena = make_client(people.xena)
    url = f"{API}models/{version.model_id}/"
    assert xena.put(f"{url}aliases/trial/", {"version": version.pk}).status_code == 404
    assert xena.get(f"{url}aliases/").status_code == 404
    assert xena.get(f"{url}alias-moves/").status_code == 404
