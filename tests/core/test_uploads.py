"""Files of a request: bounded before they are read, and written to disk for people who are signed in only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.rules import ENGINEER
from apps.catalog.models import DatasetVersion
from tests.makers import make_browser, make_client, make_dataset, make_person, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of files that were begun on disk."""
    names: list[str] = []
    real = TemporaryUploadedFile.__init__

    def begin(file: TemporaryUploadedFile, name: str, *args: Any, **more: Any) -> None:
        names.append(name)
        real(file, name, *args, **more)

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", begin)
    yield names


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("rows.jsonl", b'{"question": "a"}\n')


@pytest.mark.parametrize("url", ["/sign-in/", "/data/1/upload/", "/api/v1/datasets/1/versions/"])
def test_a_strangers_file_is_not_written(url: str, written: list[str]) -> None:
    """The check against forged requests reads the form before anybody asks who sent it."""
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    assert client.post(url, {"email": "a@example.org", "file": a_file()}).status_code in {401, 403}
    assert written == []


def test_a_request_beyond_the_bound_is_refused_unread(settings: Any, written: list[str]) -> None:
    team = make_team()
    engineer = make_person(ENGINEER, team=team)
    dataset = make_dataset(engineer, team)
    settings.UPLOAD_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 4
    page = make_browser(engineer).post(reverse("catalog:version-upload", args=[dataset.pk]), {"file": a_file()})
    url = f"/api/v1/datasets/{dataset.pk}/versions/"
    answer = make_client(engineer).post(url, {"file": a_file()}, format="multipart")
    assert (page.status_code, answer.status_code, answer.json()["code"]) == (400, 413, "input.unreadable")
    assert written == [] and not DatasetVersion.objects.exists()


def test_a_file_of_somebody_who_is_signed_in_arrives_on_disk(written: list[str]) -> None:
    team = make_team()
    engineer = make_person(ENGINEER, team=team)
    for client in (make_client(engineer), make_browser(engineer)):
        url = f"/api/v1/datasets/{make_dataset(engineer, team).pk}/versions/"
        extra = {"format": "multipart"} if client.__class__.__name__ == "APIClient" else {}
        assert client.post(url, {"file": a_file()}, **extra).status_code == 201
    assert len(written) == 2 and not any(Path(name).is_absolute() for name in written)
