"""The doors: a queued run in, the real scanner, the real signature, rows out."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from apps.core.models import Run
from apps.registry.models import FileScanRun, VersionSignature
from apps.registry.queries import held_files_of
from apps.registry.services import held_file_release, version_check_start, version_sign_start
from tests.makers import FILES, make_client, make_version
from tests.people import People, make_people
from workers.artifacts.tasks import check_files, scan_files, sign

pytestmark = pytest.mark.django_db


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"
    settings.SIGNING_KEY_FILE = str(tmp_path / "keys" / "signing.pem")


def ended(run: Run, state: str = "succeeded") -> Run:
    run.refresh_from_db()
    assert run.state == state, run.error
    return run


def test_a_held_file_is_scanned_and_never_loaded(people: People) -> None:
    files = FILES | {"model.pkl": pickle.dumps(Evil()), "copy.pkl": pickle.dumps(Evil())}
    version = make_version(people.olga, people.team, files=files)
    run = FileScanRun.objects.get(version=version)
    scan_files(run.pk)
    assert ended(run).result["worst"] == "critical"
    assert {held.severity for held in held_files_of(version)} == {"critical"}
    shown = make_client(people.rui).get("/api/v1/quarantine/?severity=critical").json()["results"]
    assert {held["path"] for held in shown} == {"model.pkl", "copy.pkl"}
    assert "posix.system" in shown[0]["findings"][0]["what"]


def test_a_version_is_signed_verified_and_handed_out(people: People, settings: Any) -> None:
    version = make_version(people.olga, people.team)
    run = version_sign_start(by=people.rui, version=version)
    sign(run.pk)
    ended(run)
    client = make_client(people.olga)
    (shown,) = client.get(f"/api/v1/signatures/?version={version.pk}").json()["results"]
    assert (shown["is_current"], shown["problem"], shown["created_by"]["label"]) == (True, "", "Rui")
    bundle = client.get(f"/api/v1/signatures/{shown['id']}/bundle/")
    assert bundle.content.decode() == VersionSignature.objects.get().bundle
    assert client.get(f"/api/v1/signatures/{shown['id']}/public-key/").content.startswith(b"-----BEGIN PUBLIC KEY")
    assert make_client(people.xena).get(f"/api/v1/signatures/{shown['id']}/bundle/").status_code == 404
    check = version_check_start(by=people.olga, version=version)
    check_files(check.pk)
    assert ended(check).result["signatures"] == {str(shown["id"]): ""}


def test_a_signature_that_no_longer_holds_is_told(people: People) -> None:
    version = make_version(people.olga, people.team)
    run = version_sign_start(by=people.rui, version=version)
    sign(run.pk)
    ended(run)
    VersionSignature.objects.update(bundle="{}")
    check = version_check_start(by=people.olga, version=version)
    check_files(check.pk)
    ended(check)
    assert VersionSignature.objects.get().problem


def test_in_production_nobody_makes_a_key_by_the_way(people: People, settings: Any) -> None:
    settings.IS_PRODUCTION = True
    run = version_sign_start(by=people.rui, version=make_version(people.olga, people.team))
    sign(run.pk)
    assert ended(run, "failed").error_code == "signing.no_key"
    assert not Path(settings.SIGNING_KEY_FILE).exists()


def test_a_held_version_is_checked_but_neither_signed_nor_loaded(people: People) -> None:
    version = make_version(people.olga, people.team, files=FILES | {"model.pkl": pickle.dumps(Evil())})
    answer = make_client(people.rui).post("/api/v1/signings/", {"version": version.pk}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "version.held")
    check = version_check_start(by=people.olga, version=version)
    check_files(check.pk)
    assert ended(check).result["altered"] == []
    run = FileScanRun.objects.get(version=version)
    scan_files(run.pk)
    held_file_release(by=people.rui, held=held_files_of(version).get(), reason="made by us")
    version.refresh_from_db()
    assert version_sign_start(by=people.rui, version=version).state == "queued"
