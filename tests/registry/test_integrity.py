"""One altered byte in storage: out of use, an incident, visible; and back in use once the files are right again."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.incidents.models import Incident
from apps.registry.models import FileCheckRun, ModelVersion
from apps.registry.queries import refuse_unsafe
from apps.registry.services import (
    files_sweep,
    version_approve,
    version_break,
    version_check_finish,
    version_check_start,
    version_mend,
    version_propose,
    version_sign_start,
)
from apps.serving.services import deployment_start
from tests.makers import FILES, claim, make_approved, make_browser, make_client, make_person, make_version
from tests.people import People, make_people
from workers.artifacts.tasks import check_files
from workers.doors import model_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_approved(people.team, by=people.olga)


def weights_of(version: ModelVersion) -> Path:
    return storage.local_path(version.files.get(path="model.safetensors").digest)


def flip(path: Path, at: int = 0) -> bytes:
    """Turn one bit of a stored file over; returns what it was."""
    before = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
    return before


def checked(version: ModelVersion, by: Any) -> FileCheckRun:
    run = version_check_start(by=by, version=version)
    check_files(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run


def test_one_flipped_bit_found_when_loading_takes_the_version_out_of_use(
    people: People, version: ModelVersion, tmp_path: Path
) -> None:
    model_folder(version, tmp_path / "before")
    flip(weights_of(version), 3)
    with pytest.raises(Conflict, match="was changed"):
        model_folder(version, tmp_path / "after")
    version.refresh_from_db()
    assert version.broken_at is not None
    assert not version.is_deployable
    incident = Incident.objects.get()
    assert (incident.kind, incident.severity, incident.state, incident.subject_id) == (
        "altered_file", "critical", "open", str(version.pk),
    )  # fmt: skip
    (told,) = incident.details["files"]
    assert (told["path"], told["digest"] == told["found"]) == ("model.safetensors", False)
    with pytest.raises(Conflict):
        deployment_start(by=people.olga, version=version, name="desk", environment="test")
    with pytest.raises(Conflict, match="altered"):
        refuse_unsafe(version)
    with pytest.raises(Conflict, match="altered"):
        version_sign_start(by=people.rui, version=version)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"version.break", "incident.open"} <= actions


def test_it_stands_on_the_pages(people: People, version: ModelVersion) -> None:
    flip(weights_of(version))
    checked(version, people.olga)
    browser = make_browser(people.rui)
    page = browser.get(f"/models/versions/{version.pk}/files/").content.decode()
    assert "A stored file was altered" in page
    incident = Incident.objects.get()
    assert f"/incidents/{incident.pk}/" in page
    assert "model.safetensors" in browser.get(f"/incidents/{incident.pk}/").content.decode()
    assert make_client(people.rui).get(f"/api/v1/model-versions/{version.pk}/").json()["broken_at"]


def test_a_check_on_demand_finds_it_in_every_version_that_shares_the_file(people: People) -> None:
    files = FILES | {"model.safetensors": b"shared weights"}
    first = make_version(people.olga, people.team, files=files)
    second = make_version(people.olga, people.team, files=files)
    assert checked(first, people.rui).message == "Every file has its digest"
    first.refresh_from_db()
    assert first.checked_at is not None
    flip(weights_of(first))
    run = checked(first, people.rui)
    assert run.result["altered"][0]["path"] == "model.safetensors"
    for one in (first, second):
        one.refresh_from_db()
        assert one.broken_at is not None
    assert Incident.objects.count() == 2


def test_the_sweep_finds_it_and_goes_on_where_it_ended(people: People, settings: Any) -> None:
    versions = [make_version(people.olga, people.team) for _ in range(3)]
    settings.FILE_CHECK_BYTES = 1
    flip(weights_of(versions[1]))
    assert [files_sweep() for _ in range(4)] == [1, 1, 1, 0]
    for version in versions:
        version.refresh_from_db()
    assert [version.broken_at is not None for version in versions] == [False, True, False]
    assert [version.checked_at is not None for version in versions] == [True, False, True]
    settings.FILE_CHECK_DAYS = 0
    settings.FILE_CHECK_BYTES = 10**9
    assert files_sweep() == 2


def test_a_file_that_is_gone_counts_as_altered(people: People, version: ModelVersion) -> None:
    weights_of(version).unlink()
    run = checked(version, people.olga)
    assert run.result["altered"][0]["found"] == ""


def test_mending_needs_the_bytes_back_a_check_and_a_reason(people: People, version: ModelVersion) -> None:
    path = weights_of(version)
    before = flip(path)
    checked(version, people.olga)
    with pytest.raises(Conflict, match="not been found intact"):
        version_mend(by=people.rui, version=version, reason="I believe so")
    checked(version, people.olga)
    with pytest.raises(Conflict):
        version_mend(by=people.rui, version=version, reason="I believe so")
    path.write_bytes(before)
    checked(version, people.olga)
    with pytest.raises(Refused):
        version_mend(by=people.olga, version=version, reason="mine")
    with pytest.raises(Invalid):
        version_mend(by=people.rui, version=version, reason=" ")
    answer = make_client(people.rui).post(
        f"/api/v1/model-versions/{version.pk}/mend/", {"reason": "Brought back from the copy of Monday."}, format="json"
    )
    assert (answer.status_code, answer.json()["broken_at"], answer.json()["is_deployable"]) == (200, None, True)
    incident = Incident.objects.get()
    assert (incident.state, incident.resolution) == ("closed", "Brought back from the copy of Monday.")
    with pytest.raises(Conflict, match="known to be altered"):
        version_mend(by=people.rui, version=version, reason="again")


def test_an_altered_version_is_not_approved(people: People) -> None:
    version = version_propose(by=people.olga, version=make_version(people.olga, people.team))
    version_break(version=version, path="model.safetensors", digest="0" * 64)
    with pytest.raises(Conflict, match="was altered") as refusal:
        version_approve(by=people.rui, version=version, reason="x")
    assert refusal.value.code == "version.broken"


def test_it_breaks_once_and_the_incident_grows(people: People, version: ModelVersion) -> None:
    for path in ("a", "b", "a"):
        version_break(version=version, path=path, digest=path * 64)
    assert [file["path"] for file in Incident.objects.get().details["files"]] == ["a", "b"]
    assert AuditEntry.objects.filter(action="version.break").count() == 1


def test_a_check_of_files_that_were_replaced_meanwhile_vouches_for_nothing(
    people: People, version: ModelVersion
) -> None:
    run = claim(version_check_start(by=people.olga, version=version))
    ModelVersion.objects.filter(pk=version.pk).update(manifest_digest="0" * 64)
    version_check_finish(run=run, altered=[], signatures={})
    version.refresh_from_db()
    assert version.checked_at is None


def test_who_may_check(people: People, version: ModelVersion) -> None:
    auditor = make_person("auditor", team=people.team)
    assert version_check_start(by=auditor, version=version).state == "queued"
    with pytest.raises(Conflict, match="already"):
        version_check_start(by=people.olga, version=version)
    with pytest.raises(NotFound):
        version_check_start(by=people.xena, version=version)
    assert not FileCheckRun.objects.filter(created_at__gt=timezone.now()).exists()


def test_a_list_of_files_that_was_changed_in_the_database_is_found(
    people: People, version: ModelVersion, tmp_path: Path
) -> None:
    other = make_version(people.olga, people.team)
    swapped = other.files.get(path="model.safetensors")
    version.files.filter(path="model.safetensors").update(digest=swapped.digest, size=swapped.size)
    with pytest.raises(Conflict, match="list of files"):
        model_folder(version, tmp_path)
    version.refresh_from_db()
    assert version.broken_at is not None
    assert checked(version, people.olga).result["altered"][0]["path"] == "the list of its files"
    assert [file["path"] for file in Incident.objects.get().details["files"]] == ["the list of its files"]
    files_sweep()
    other.refresh_from_db()
    assert other.broken_at is None
