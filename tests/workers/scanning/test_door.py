"""The door of scans: chunks are checked, any format is laid out, and the places of findings are stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.rules import SCAN_CHECKS
from apps.catalog.services import dataset_create, dataset_version_commit, scan_start
from apps.core import storage
from apps.incidents.models import Incident
from tests.makers import make_person, make_team
from workers.scanning import layout, registry
from workers.scanning.tasks import scan

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "anna@example.org"
QUICK = {"checks": ["personal_data", "secrets"]}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


def version_of(by: User, team: Team, tmp_path: Path, name: str, content: bytes, purpose: str = "") -> DatasetVersion:
    path = tmp_path / name
    path.write_bytes(content)
    dataset = dataset_create(by=by, team=team, name=f"{name} {purpose}")
    if purpose:
        type(dataset).objects.filter(pk=dataset.pk).update(purpose=purpose)
    return dataset_version_commit(by=by, dataset=dataset, path=path, filename=name)


def scanned(by: User, version: DatasetVersion, config: dict[str, Any]) -> ScanRun:
    run = scan_start(by=by, version=version, config=config)
    scan(run.pk)
    return ScanRun.objects.get(pk=run.pk)


def lines(rows: int) -> bytes:
    return b"".join(
        json.dumps({"q": f"question {n} " + "word " * 30, "a": MAIL if n % 500 == 0 else "none"}).encode() + b"\n"
        for n in range(rows)
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", lines(2)),
        ("x.csv", f"q,a\nfirst,{MAIL}\nsecond,none\n".encode()),
        ("x.txt", f"write to {MAIL}\nnothing here\n".encode()),
    ],
)
def test_any_format_is_scanned_and_places_are_stored(
    olga: User, team: Team, tmp_path: Path, name: str, content: bytes
) -> None:
    run = scanned(olga, version_of(olga, team, tmp_path, name, content), QUICK)
    assert run.state == "succeeded", run.error
    assert run.result["personal_data"]["by_entity"] == {"EMAIL_ADDRESS": 1}
    assert run.result["checks"] == ["personal_data", "secrets"]
    with storage.open(run.spans_file) as stream:
        (place,) = [json.loads(line) for line in stream]
    assert (place["row"], place["entity"], place["check"]) == (0, "EMAIL_ADDRESS", "personal_data")
    assert run.findings_digest == run.result["digest"] and run.result["licence"]["digest"]


def test_a_table_is_scanned_by_its_chunks(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", lines(12_000))
    assert version.chunks > 1
    pieces = layout.pieces_of(version, tmp_path / "rows", lambda fraction, message: None)
    assert len(pieces) == version.chunks and sum(piece.rows or 0 for piece in pieces) == 12_000
    assert all(state.ok for state in layout.chunk_states(version))
    run = scanned(olga, version, {"checks": ["personal_data"]})
    assert run.state == "succeeded", run.error
    (finding,) = run.result["personal_data"]["findings"]
    assert finding["row_indices"] == list(range(0, 12_000, 500)), "rows are numbered over the whole table"


def test_a_changed_chunk_stops_every_other_check(olga: User, team: Team, tmp_path: Path) -> None:
    version = version_of(olga, team, tmp_path, "x.jsonl", lines(12_000))
    chunk = storage.chunks_of(version.digest, "jsonl")[0]
    path = storage.local_path(chunk.digest)
    path.chmod(0o600)
    changed = bytearray(path.read_bytes())
    changed[20] ^= 1
    path.write_bytes(changed)
    assert [state.ok for state in layout.chunk_states(version)].count(False) == 1
    run = scanned(olga, version, QUICK)
    assert (run.state, run.error_code) == ("failed", "storage.tampered")
    incident = Incident.objects.get()
    assert (incident.subject_type, incident.subject_id) == ("catalog.datasetversion", str(version.pk))
    (told,) = incident.details["files"]
    assert told["digest"] == chunk.digest != told["found"] and told["path"] == "chunk 0 of x.jsonl"
    assert AuditEntry.objects.filter(action="dataset_version.break", object_id=str(version.pk)).exists()


def test_the_teams_evaluation_and_protected_data_are_compared_with(olga: User, team: Team, tmp_path: Path) -> None:
    asked = version_of(olga, team, tmp_path, "e.jsonl", lines(3), "evaluation")
    kept = version_of(olga, team, tmp_path, "p.jsonl", lines(4), "protected")
    version = version_of(olga, team, tmp_path, "x.jsonl", lines(2))
    run = scan_start(by=olga, version=version)
    assert (run.config["against"], run.config["protected"]) == ([asked.pk], [kept.pk])
    config = layout.config_for(run, tmp_path / "w", lambda fraction, message: None)
    assert [(r.label, r.digest) for r in config.against] == [(str(asked), asked.digest)]
    assert [r.digest for r in config.protected] == [kept.digest] and config.protected[0].paths


def test_the_portal_names_every_check_of_the_registry() -> None:
    assert set(registry.CHECKS) <= set(SCAN_CHECKS)


def test_every_commit_before_a_version_is_computed_anew(team: Team, olga: User, tmp_path: Path) -> None:
    first = version_of(olga, team, tmp_path, "rows.jsonl", lines(20))
    (tmp_path / "more.jsonl").write_bytes(lines(30))
    second = dataset_version_commit(by=olga, dataset=first.dataset, path=tmp_path / "more.jsonl", filename="m.jsonl")
    section = (scanned(olga, second, {"checks": ["integrity"]}).result or {})["integrity"]
    assert [(commit["label"], commit["ok"]) for commit in section["commits"]] == [("v2", True), ("v1", True)]
    assert not section["compromised"] and "all 2 commits" in section["statement"]
    DatasetVersion.objects.filter(pk=first.pk).update(message="Nobody wrote this.")
    assert not Incident.objects.exists()
    section = (scanned(olga, second, {"checks": ["integrity"]}).result or {})["integrity"]
    assert section["compromised"] and section["code"] == "storage.tampered"
    assert Incident.objects.get().details["files"][0]["path"] == "record of v1"
    assert [(commit["label"], commit["ok"]) for commit in section["commits"]] == [("v1", False), ("v2", True)]
    assert "The record of v1 does not have the digest of its commit." in section["statement"]


def test_a_configured_language_model_reaches_the_check(team: Team, olga: User, tmp_path: Path, settings: Any) -> None:
    settings.PERPLEXITY_MODEL = str(tmp_path / "nothing")
    version = version_of(olga, team, tmp_path, "rows.jsonl", lines(20))
    run = scanned(olga, version, {"checks": ["generated"]})
    assert run.state == "failed" and "language model" in run.error
