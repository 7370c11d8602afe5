"""Redaction: chosen findings go, everything else keeps its bytes, and only who may read rows may ask for it."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import APPROVER, ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import Branch, CommitRun, DatasetVersion, ScanRun
from apps.catalog.queries import redactable
from apps.catalog.services import (
    branch_create,
    branch_delete,
    dataset_create,
    dataset_version_commit,
    merge_start,
    redaction_start,
    scan_start,
)
from apps.catalog.tasks import commit
from apps.core import storage
from apps.core.errors import Conflict, Invalid, Refused
from tests.makers import make_person, make_team
from workers.scanning.tasks import scan

pytestmark = pytest.mark.django_db(transaction=True)
MAIL, CARD = "anna@example.org", "4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


def version_of(by: User, team: Team, tmp_path: Path, name: str, content: bytes) -> DatasetVersion:
    path = tmp_path / name
    path.write_bytes(content)
    return dataset_version_commit(
        by=by, dataset=dataset_create(by=by, team=team, name=name), path=path, filename=name, licence="MIT"
    )


def scanned(by: User, version: DatasetVersion, **more: Any) -> ScanRun:
    run = scan_start(by=by, version=version, config={"checks": ["personal_data", "secrets"], **more})
    scan(run.pk)
    return ScanRun.objects.get(pk=run.pk)


def redacted(by: User, version: DatasetVersion, entities: list[str], **more: Any) -> DatasetVersion:
    run = redaction_start(by=by, version=version, entities=entities, **more)
    commit(run.pk)
    run = CommitRun.objects.get(pk=run.pk)
    assert run.state == "succeeded", run.error
    assert run.version is not None
    return run.version


def content(version: DatasetVersion) -> bytes:
    with storage.open(version.digest) as stream:
        return stream.read()


JSONL = (
    b'{"a":"no finding",   "m": []}\n'
    + f'{{"a": "mail {MAIL} or pay by {CARD}.", "m": [{{"content": "again {MAIL}"}}]}}\n'.encode()
    + b'{"m": [{"content": "1.50"}], "a": "spaced  "}\n'
)


def test_chosen_findings_go_and_other_rows_keep_their_bytes(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", JSONL)
    scanned(olga, version)
    new = redacted(olga, version, ["EMAIL_ADDRESS"])
    first, second, third = content(new).splitlines(keepends=True)
    assert (first, third) == (JSONL.splitlines(keepends=True)[0], JSONL.splitlines(keepends=True)[2])
    assert json.loads(second) == {
        "a": f"mail <EMAIL_ADDRESS> or pay by {CARD}.",
        "m": [{"content": "again <EMAIL_ADDRESS>"}],
    }
    assert (new.operation, new.parent, new.licence, new.number) == ("redaction", version, "MIT", 2)
    assert [(one.origin, one.how) for one in new.derived_from.all()] == [(version, "redacted: E-mail address")]
    again = ScanRun.objects.get(dataset_version=new)
    assert again.state == "queued" and again.config["checks"] == ["personal_data", "secrets"]
    scan(again.pk)
    again.refresh_from_db()
    assert again.result["personal_data"]["by_entity"] == {"CREDIT_CARD": 1}


def test_pseudonyms_are_equal_for_equal_values_and_differ_by_team(olga: User, team: Team, tmp_path: Path) -> None:
    rows = f'q,a\nfirst,{MAIL}\n"second, quoted",none\nthird,write to {MAIL}\nlast,bob@example.org\n'.encode()
    version = version_of(olga, team, tmp_path, "x.csv", rows)
    scanned(olga, version)
    new = redacted(olga, version, ["EMAIL_ADDRESS"], pseudonymous=True, scan_again=False)
    lines = content(new).decode().splitlines()
    one, two, other = lines[1].partition(",")[2], lines[3].rpartition(" ")[2], lines[4].partition(",")[2]
    assert one == two and one.startswith("<EMAIL_ADDRESS:") and one != other
    assert (lines[0], lines[2]) == ("q,a", '"second, quoted",none')
    assert ScanRun.objects.filter(dataset_version=new).count() == 0


def test_parquet_keeps_its_types(olga: User, team: Team, tmp_path: Path) -> None:
    table = pa.table({"t": [f"to {MAIL}", "none"], "n": pa.array([4111111111111111, 7], pa.int64())})
    pq.write_table(table, tmp_path / "made.parquet")
    version = version_of(olga, team, tmp_path, "x.parquet", (tmp_path / "made.parquet").read_bytes())
    scanned(olga, version)
    new = redacted(olga, version, ["EMAIL_ADDRESS", "CREDIT_CARD"])
    (tmp_path / "new.parquet").write_bytes(content(new))
    found = pq.read_table(tmp_path / "new.parquet")
    assert found.schema.equals(table.schema)
    assert found.to_pylist() == [{"t": "to <EMAIL_ADDRESS>", "n": None}, {"t": "none", "n": 7}]


def test_what_cannot_be_redacted_is_refused_in_words(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", JSONL)
    with pytest.raises(Conflict, match="No scan"):
        redaction_start(by=olga, version=version, entities=["EMAIL_ADDRESS"])
    scanned(olga, version, pii_sample_rows=1)
    with pytest.raises(Conflict, match="No scan has searched every row for personal data"):
        redaction_start(by=olga, version=version, entities=["EMAIL_ADDRESS"])
    scanned(olga, version)
    for wrong in ([], ["PERSON"]):
        with pytest.raises(Invalid):
            redaction_start(by=olga, version=version, entities=wrong)
    redacted(olga, version, ["EMAIL_ADDRESS"], scan_again=False)
    with pytest.raises(Conflict, match="no longer the newest of the branch “main”") as refused:
        redaction_start(by=olga, version=version, entities=["EMAIL_ADDRESS"])
    assert "begin a branch at this version" in refused.value.remedy


def test_whatever_any_scan_of_these_bytes_found_is_taken_out(olga: User, team: Team, tmp_path: Path) -> None:
    rows = f'{{"a": "mail {MAIL}", "b": "numer PESEL 44051401359"}}\n{{"a": "none", "b": "none"}}\n'.encode()
    version = version_of(olga, team, tmp_path, "x.jsonl", rows)
    scanned(olga, version, languages=["pl"], checks=["personal_data"])
    scanned(olga, version, languages=["en"], checks=["personal_data"])
    scanned(olga, version, columns=["a"])
    told = redactable(version)
    assert told.kinds == {"EMAIL_ADDRESS": 1, "PL_PESEL": 1} and len(told.scans) == 3, "a place counts once"
    new = redacted(olga, version, ["EMAIL_ADDRESS", "PL_PESEL"])
    assert json.loads(content(new).splitlines()[0]) == {"a": "mail <EMAIL_ADDRESS>", "b": "numer PESEL <PL_PESEL>"}
    again = ScanRun.objects.get(dataset_version=new).config
    assert again["languages"] == ["en", "pl"] and "columns" not in again, "as far as all of them together"
    same = version_of(olga, team, tmp_path, "y.jsonl", rows)
    assert redactable(same).kinds == told.kinds, "the same bytes under another name"
    other = make_team()
    theirs = version_of(make_person(ENGINEER, team=other), other, tmp_path, "z.jsonl", rows)
    assert redactable(theirs).kinds == {}, "another team's scans stay theirs"


def test_columns_that_no_scan_searched_are_named(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", f'{{"a": "mail {MAIL}", "b": "x"}}\n'.encode())
    scanned(olga, version, columns=["a"])
    with pytest.raises(Conflict, match="every row of b for personal data"):
        redaction_start(by=olga, version=version, entities=["EMAIL_ADDRESS"])


def test_a_version_that_another_branch_moved_on_to_is_redacted_there(olga: User, team: Team, tmp_path: Path) -> None:
    first = version_of(olga, team, tmp_path, "x.jsonl", b'{"a": "none"}\n')
    side = branch_create(by=olga, dataset=first.dataset, name="side", start=first)
    path = tmp_path / "y.jsonl"
    path.write_bytes(JSONL)
    told = {"by": olga, "dataset": first.dataset, "filename": "y.jsonl"}
    version = dataset_version_commit(path=path, branch="side", **told)
    merge_start(by=olga, branch=Branch.objects.get(dataset=first.dataset, name="main"), source=version)
    branch_delete(by=olga, branch=side)
    scanned(olga, version)
    assert redacted(olga, version, ["EMAIL_ADDRESS"], scan_again=False).branch == "main"


def test_a_later_scan_without_findings_leaves_the_places_of_the_earlier(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", JSONL)
    scanned(olga, version)
    scanned(olga, version, checks=["secrets"])
    new = redacted(olga, version, ["EMAIL_ADDRESS"], scan_again=False)
    assert MAIL.encode() not in content(new)


def test_only_who_may_read_rows_may_redact(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", JSONL)
    scanned(olga, version)
    with pytest.raises(Refused):
        redaction_start(by=make_person(APPROVER, team=team), version=version, entities=["EMAIL_ADDRESS"])
    outsider = make_person(ENGINEER, team=make_team())
    client = APIClient()
    client.force_login(outsider)
    address = reverse("dataset-version-redactions", args=[version.pk])
    assert client.post(address, {"entities": ["EMAIL_ADDRESS"]}, format="json").status_code == 404
    assert not CommitRun.objects.exists()


def test_by_the_api(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", JSONL)
    scanned(olga, version)
    client = APIClient()
    client.force_login(olga)
    address = reverse("dataset-version-redactions", args=[version.pk])
    answer = client.post(address, {"entities": ["CREDIT_CARD"], "scan_again": False}, format="json")
    assert (answer.status_code, answer.json()["operation"]) == (202, "redaction")
    twin = client.post(address, {"entities": ["CREDIT_CARD"]}, format="json")
    assert (twin.status_code, twin.json()["code"]) == (409, "redaction.open")
    assert client.post(address, {"entities": []}, format="json").status_code == 400
    assert client.post(address, {"entities": "all"}, format="json").status_code == 400
    told = AuditEntry.objects.get(action="redaction.start").data
    assert told["entities"] == ["CREDIT_CARD"] and MAIL not in json.dumps(told)
