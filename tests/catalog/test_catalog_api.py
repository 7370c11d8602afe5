"""Data over the API: uploaded in a stream, immutable, described with reasons, scanned."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import AUDITOR, ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion, ScanRun
from apps.core import storage
from tests.makers import (
    DATASHEET,
    ROWS,
    commit,
    jsonl,
    make_client,
    make_data,
    make_dataset,
    make_person,
    make_scan,
    make_team,
    upload,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/"
CONTENT = jsonl(ROWS)


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


@pytest.fixture
def send(client: APIClient, engineer: User, team: Team) -> Callable[..., Any]:
    """Upload a file to a new dataset, or to the one named."""

    def send(content: bytes = CONTENT, name: str = "rows.jsonl", dataset: int = 0, **fields: Any) -> Any:
        pk = dataset or make_dataset(engineer, team).pk
        body = {"file": upload(content, name), **fields}
        return client.post(f"{API}datasets/{pk}/versions/", body, format="multipart")

    return send


def test_a_dataset_is_made_and_listed(client: APIClient, team: Team) -> None:
    made = client.post(f"{API}datasets/", {"team": team.pk, "name": " Desk ", "description": "Answers"})
    assert made.status_code == 201
    assert made.json()["name"] == "Desk"
    (listed,) = client.get(f"{API}datasets/?name=Desk").json()["results"]
    assert (listed["version_count"], listed["latest_number"]) == (0, None)
    assert client.get(f"{API}datasets/{listed['id']}/").json() == listed
    again = client.post(f"{API}datasets/", {"team": team.pk, "name": "Desk"})
    assert (again.status_code, again.json()["code"]) == (409, "dataset.exists")


def test_an_upload_becomes_a_version(send: Callable[..., Any], client: APIClient) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    answer = send(message="first", licence="CC0-1.0", provenance=json.dumps(DATASHEET), expect_digest=digest)
    assert answer.status_code == 201, answer.content
    version = answer.json()
    assert (version["number"], version["rows"], version["digest"], version["size"]) == (1, 4, digest, len(CONTENT))
    assert version["provenance"] == DATASHEET
    assert [column["name"] for column in version["columns"]] == ["prompt", "answer"]
    assert client.get(f"{API}dataset-versions/{version['id']}/").json() == version
    got = client.get(f"{API}dataset-versions/{version['id']}/file/")
    assert b"".join(got.streaming_content) == CONTENT
    assert got["ETag"] == f'"{digest}"'
    assert 'attachment; filename="rows.jsonl"' in got["Content-Disposition"]
    entry = AuditEntry.objects.get(action="dataset_version.create")
    assert entry.data["digest"] == digest


def test_a_datasheet_may_be_yaml(send: Callable[..., Any]) -> None:
    answer = send(provenance="sources:\n  - support desk\nai_generated: no\ncollected: 2024-01-31\n")
    expected = {"sources": ["support desk"], "ai_generated": "no", "collected": "2024-01-31"}
    assert answer.json()["provenance"] == expected


@pytest.mark.parametrize("sheet", ["[1", "- a", "a: &x 1\nb: *x", "a: !!python/none x", '{"a": NaN}', "x" * 200_001])
def test_a_hostile_datasheet_is_refused(send: Callable[..., Any], sheet: str) -> None:
    answer = send(provenance=sheet)
    assert (answer.status_code, answer.json()["code"]) == (422, "input.not_plain")
    assert not DatasetVersion.objects.exists()


def test_bytes_that_were_not_announced_are_refused(send: Callable[..., Any]) -> None:
    answer = send(expect_digest="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (409, "digest.differs")
    assert not DatasetVersion.objects.exists()
    assert send(expect_digest="SHA256:x").status_code == 400


def test_the_same_content_is_no_new_version(send: Callable[..., Any], engineer: User, team: Team) -> None:
    dataset = make_dataset(engineer, team).pk
    assert send(dataset=dataset).status_code == 201
    again = send(dataset=dataset)
    assert (again.status_code, again.json()["code"]) == (409, "version.exists")
    assert send(CONTENT + jsonl([{"prompt": "one", "answer": "more"}]), dataset=dataset).json()["number"] == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.jsonl"),
        (b'{"a": 1}\n{"a": ', "truncated.jsonl"),
        (b'{"a": 1}\n[1, 2]\n', "mixed.jsonl"),
        ('{"a": "ä"}\n'.encode("utf-16"), "encoding.jsonl"),
        (b'{"a": "\xff"}\n', "encoding.jsonl"),
        (b"PAR1 but no Parquet PAR1", "broken.parquet"),
        (b"\x80\x04\x95\x00\x00\x00\x00.", "weights.pkl"),
        (gzip.compress(b"0" * 1_000_000), "bomb.gz"),
        (b"MZ\x00\x01", "program.exe"),
        (b"a,b\n1,2\n", "../../etc/passwd"),
        (b'{"a": 1}', "no-ending"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_and_not_stored(send: Callable[..., Any], content: bytes, name: str) -> None:
    answer = send(content, name)
    assert answer.status_code in {400, 422}, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not DatasetVersion.objects.exists()
    assert not storage.exists(hashlib.sha256(content).hexdigest())


def test_a_path_in_a_file_name_is_left_out(send: Callable[..., Any]) -> None:
    assert send(name="../../var/rows.jsonl").json()["filename"] == "rows.jsonl"


def test_a_file_is_needed_and_nothing_unknown(client: APIClient, engineer: User, team: Team) -> None:
    address = f"{API}datasets/{make_dataset(engineer, team).pk}/versions/"
    assert "file" in client.post(address, {"message": "x"}, format="multipart").json()["errors"]
    assert "file" in client.post(address, {"file": "text"}, format="multipart").json()["errors"]
    body = {"file": upload(CONTENT), "license": "misspelt"}
    assert "license" in client.post(address, body, format="multipart").json()["errors"]
    assert set(client.post(address, {"file": "x"}, format="json").json()["errors"]) == {"file"}
    assert client.post(address, "x", content_type="text/plain").status_code == 415


def test_a_file_larger_than_is_accepted_is_refused(send: Callable[..., Any], settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    assert send().json()["code"] == "upload.too_large"


STREAM = """
import os, resource, sys, tempfile
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIRequest
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

size = 200 * 1024 * 1024
with tempfile.TemporaryFile() as body:
    body.write(b'--x\\r\\nContent-Disposition: form-data; name="file"; filename="r.jsonl"\\r\\n\\r\\n')
    for _ in range(size // 2**20):
        body.write(b'{"a": "' + b'b' * (2**20 - 10) + b'"}\\n')
    body.write(b'\\r\\n--x--\\r\\n')
    length = body.tell(); body.seek(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = WSGIRequest({"REQUEST_METHOD": "POST", "wsgi.input": body, "CONTENT_LENGTH": str(length),
        "CONTENT_TYPE": "multipart/form-data; boundary=x"})
    sent.user = get_user_model()()  # files of strangers are passed over
    request = Request(sent, parsers=[MultiPartParser()])
    file = request.data["file"]
    from apps.core import storage
    with storage.open_binary(file.temporary_file_path()) as stream:
        stored = storage.put(stream)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, stored.size // 2**20)
"""


def test_an_upload_is_never_held_in_memory(tmp_path: Path) -> None:
    """200 MiB through the parser and into the store in a process of its own; its memory grows by a few MiB."""
    environment = dict(os.environ) | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
    done = subprocess.run([sys.executable, "-c", STREAM], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    grown, stored = map(int, done.stdout.split())
    assert stored == 200
    assert grown < 40, f"memory grew by {grown} MiB"


def test_the_digest_of_a_datasheet_is_the_same_however_the_database_writes_numbers(engineer: User, team: Team) -> None:
    """PostgreSQL gives 1e+22 back as a long integer, and the digest would no longer be the one in the trail."""
    version = make_data(engineer, team, provenance={"tokens": 1e22, "share": 1e-7, "rows": 7})
    read = DatasetVersion.objects.get(pk=version.pk)
    assert read.provenance_digest == version.provenance_digest and read.provenance == version.provenance


def test_a_description_is_replaced_with_a_reason(client: APIClient, engineer: User, team: Team) -> None:
    version = make_data(engineer, team)
    before = version.provenance_digest
    body = {"licence": "CC-BY-4.0", "provenance": DATASHEET, "reason": "the author told us"}
    told = client.post(f"{API}dataset-versions/{version.pk}/describe/", body).json()
    assert (told["licence"], told["provenance"]) == ("CC-BY-4.0", DATASHEET)
    assert told["provenance_digest"] != before
    assert told["digest"] == version.digest
    entry = AuditEntry.objects.get(action="dataset_version.describe")
    assert (entry.reason, entry.data) == (body["reason"], {"before": before, "after": told["provenance_digest"]})
    for reason in ("", "   "):
        answer = client.post(f"{API}dataset-versions/{version.pk}/describe/", body | {"reason": reason})
        assert answer.status_code == 400


def test_a_scan_is_started_followed_and_not_doubled(client: APIClient, engineer: User, team: Team) -> None:
    version = make_data(engineer, team)
    address = f"{API}dataset-versions/{version.pk}/scans/"
    answer = client.post(address, {})
    assert answer.status_code == 202
    scan = answer.json()
    assert (scan["kind"], scan["state"], scan["dataset_version"]["id"]) == ("scan", "queued", version.pk)
    followed = client.get(scan["url"]).json()
    assert followed["subjects"]["dataset_version"]["label"] == str(version)
    twin = client.post(address, {})
    assert (twin.status_code, twin.json()["code"]) == (409, "scan.open")
    ScanRun.objects.update(state="cancelled")
    assert client.post(address, {}).status_code == 202
    assert len(client.get(address).json()["results"]) == 2


def test_a_finished_scan_shows_its_findings(client: APIClient, engineer: User, team: Team) -> None:
    scan = make_scan(engineer, make_data(engineer, team), {"pii": {"EMAIL_ADDRESS": 2}})
    (listed,) = client.get(f"{API}scans/?state=succeeded").json()["results"]
    assert "result" not in listed and "log" not in listed
    shown = client.get(f"{API}scans/{scan.pk}/").json()
    assert shown["result"]["pii"] == {"EMAIL_ADDRESS": 2}
    assert shown["findings_digest"] == listed["findings_digest"] != ""


def test_stored_bytes_that_are_gone_are_said_to_be(client: APIClient, engineer: User, team: Team) -> None:
    version = make_data(engineer, team, [{"prompt": "lost", "answer": "bytes"}])
    storage.local_path(version.digest).unlink()
    answer = client.get(f"{API}dataset-versions/{version.pk}/file/")
    assert (answer.status_code, answer.json()["code"]) == (404, "storage.missing")


def test_auditors_read_and_outsiders_do_not(engineer: User, team: Team) -> None:
    version = make_data(engineer, team)
    places = [
        f"datasets/{version.dataset_id}/",
        f"dataset-versions/{version.pk}/",
    ]
    auditor, outsider = (
        make_client(make_person(AUDITOR, team=team)),
        make_client(make_person(ENGINEER, team=make_team())),
    )
    for place in places:
        assert auditor.get(API + place).status_code == 200
        assert outsider.get(API + place).status_code == 404
    file = f"{API}dataset-versions/{version.pk}/file/"
    assert (auditor.get(file).status_code, outsider.get(file).status_code) == (403, 404), "rows are not for auditors"
    for listing in ("datasets/", "dataset-versions/", "scans/"):
        assert outsider.get(API + listing).json()["results"] == []


@pytest.mark.parametrize("listing", ["datasets/", "dataset-versions/", "scans/", "datasets/{dataset}/versions/"])
def test_lists_cost_the_same_however_long(
    listing: str, client: APIClient, engineer: User, team: Team, django_assert_max_num_queries: Any
) -> None:
    first = make_data(engineer, team)
    address = API + listing.format(dataset=first.dataset_id)
    make_scan(engineer, first)
    client.get(address)
    costs = []
    for number in range(2):
        with django_assert_max_num_queries(8) as captured:
            client.get(address)
        costs.append(len(captured))
        for step in range(3):
            more = commit(engineer, first.dataset, jsonl([{"prompt": f"{number} {step}", "answer": "x"}]))
            make_scan(engineer, more)
            make_data(engineer, team)
    assert costs[0] == costs[1]
