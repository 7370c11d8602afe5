"""A licence that cannot be read is refused by the word at fault, by whichever door it comes, and nothing is stored."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from apps.catalog.models import CommitRun, Dataset, DatasetVersion
from apps.catalog.services import commit_start, dataset_version_describe, merge_start, upload_append, upload_start
from apps.core.errors import Invalid
from tests.makers import commit, jsonl, make_browser, make_client, make_data, make_dataset
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
WRONG = "MIT AND Foo-Licence"
WORDS = "'Foo-Licence' (character 9) is not on the SPDX licence list."
CONTENT = jsonl([{"a": "one"}])


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def dataset(people: People) -> Dataset:
    return make_dataset(people.olga, people.team, name="Desk")


def sent() -> SimpleUploadedFile:
    return SimpleUploadedFile("rows.jsonl", CONTENT)


def test_by_the_api(people: People, dataset: Dataset) -> None:
    client = make_client(people.olga)
    told = client.post(
        f"/api/v1/datasets/{dataset.pk}/versions/", {"file": sent(), "licence": WRONG}, format="multipart"
    )
    assert (told.status_code, told.json()["code"]) == (422, "licence.invalid")
    assert WORDS in str(told.json()) and not DatasetVersion.objects.exists()
    version = make_data(people.olga, people.team)
    address = reverse("dataset-version-describe", args=[version.pk])
    told = client.post(address, {"licence": WRONG, "provenance": {}, "reason": "Corrected"}, format="json")
    assert told.status_code == 422 and WORDS in str(told.json())


def test_what_was_meant_is_asked_once(people: People, dataset: Dataset) -> None:
    client, address = make_client(people.olga), f"/api/v1/datasets/{dataset.pk}/versions/"
    told = client.post(address, {"file": sent(), "licence": "CC-BY-4.O"}, format="multipart").json()
    assert f"{told['title']} {told['remedy']}".count("Did you mean CC-BY-4.0?") == 1
    told = client.post(address, {"file": sent(), "licence": "MIT/BSD-3-Clause"}, format="multipart").json()
    assert told["remedy"] == "Did you mean MIT OR BSD-3-Clause?"


def test_by_the_page(people: People, dataset: Dataset) -> None:
    address = reverse("catalog:version-upload", args=[dataset.pk])
    given = {"file": sent(), "licence": WRONG, "branch": "main", "datasheet": ""}
    page = make_browser(people.olga).post(address, given)
    assert page.status_code == 422 and "&#x27;Foo-Licence&#x27; (character 9)" in page.content.decode()
    assert not DatasetVersion.objects.exists()


def test_by_the_command(people: People, dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(CONTENT)
    with pytest.raises(CommandError, match=r"'Foo-Licence' \(character 9\)"):
        call_command("dataset_commit", str(path), dataset="Desk", email=people.olga.email, licence=WRONG)
    assert not DatasetVersion.objects.exists()


def test_before_anybody_waits_for_a_worker(people: People, dataset: Dataset, settings: Any) -> None:
    settings.COMMIT_INLINE_BYTES = 0
    upload = upload_start(by=people.olga, dataset=dataset, filename="rows.jsonl", size=len(CONTENT))
    upload_append(by=people.olga, upload=upload, offset=0, length=upload.size, blocks=[CONTENT])
    upload.refresh_from_db()
    with pytest.raises(Invalid, match="Foo-Licence"):
        commit_start(by=people.olga, dataset=dataset, upload=upload, licence=WRONG)
    version = commit(people.olga, dataset, CONTENT)
    with pytest.raises(Invalid, match="Foo-Licence"):
        merge_start(by=people.olga, branch=version.heads.get(), source=version, licence=WRONG)
    assert not CommitRun.objects.exists()


def test_what_stood_there_before_may_stay_until_somebody_changes_it(people: People, dataset: Dataset) -> None:
    version = commit(people.olga, dataset, CONTENT, licence="MIT")
    DatasetVersion.objects.update(licence=WRONG)
    version.refresh_from_db()
    told = {"by": people.olga, "provenance": {"origin": "People"}, "reason": "The origin was missing"}
    assert dataset_version_describe(version=version, licence=WRONG, **told).licence == WRONG
    new = commit(people.olga, dataset, jsonl([{"a": "two"}]), licence=WRONG)
    assert new.licence == WRONG
    with pytest.raises(Invalid, match="Foo-License"):
        dataset_version_describe(version=version, licence="Foo-License", **told)
    assert dataset_version_describe(version=version, licence="", **told).licence == ""
