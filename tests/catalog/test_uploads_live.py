"""Uploads by a client that others wrote (tuspy), over real connections that break."""

import gc
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import pytest
import requests
from pytest_django.live_server_helper import LiveServer
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader import Uploader

from apps.accounts.models import User
from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from apps.catalog.models import Dataset, DatasetVersion, Upload
from apps.core import arrivals
from tests.makers import jsonl, make_dataset
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [{"id": number, "text": f"Row {number} " + "x" * 200} for number in range(2_000)]
CONTENT = jsonl(ROWS)
PIECE = 64 * 1024


class Sender:
    """Olga's tool: the tus client with her token, and what else she asks of the API."""

    def __init__(self, server: LiveServer, user: User, dataset: Dataset) -> None:
        _, secret = token_create(by=SYSTEM, user=user, name="test", scope=WRITE)
        self.api, self.dataset = f"{server.url}/api/v1/", dataset
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = TusClient(f"{self.api}uploads/", headers=dict(self.headers))

    def uploader(self, file: BinaryIO | str, sha256: str = "", **more: object) -> Uploader:
        said = {"filename": "rows.jsonl", "dataset": str(self.dataset.pk), "sha256": sha256}
        which = {"file_path": file} if isinstance(file, str) else {"file_stream": file}
        return self.client.uploader(**which, chunk_size=PIECE, metadata=said, **more)

    def commit(self, uploader: Uploader, **more: object) -> requests.Response:
        body = {"upload": uploader.url.rstrip("/").rpartition("/")[2]} | more
        return requests.post(f"{self.api}datasets/{self.dataset.pk}/versions/", json=body, headers=self.headers)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[BinaryIO]:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(CONTENT)
    with path.open("rb") as stream:
        yield stream


@pytest.fixture
def sender(live_server: LiveServer) -> Sender:
    people = make_people()
    return Sender(live_server, people.olga, make_dataset(people.olga, people.team))


def offset_of(sender: Sender, uploader: Uploader) -> int:
    answer = requests.head(uploader.url, headers=sender.headers | {"Tus-Resumable": "1.0.0"})
    return int(answer.headers["Upload-Offset"])


def test_a_file_is_sent_in_pieces_and_committed(sender: Sender, file: BinaryIO) -> None:
    uploader = sender.uploader(file, sha256=hashlib.sha256(CONTENT).hexdigest())
    uploader.upload()
    assert Upload.objects.get().is_whole
    answer = sender.commit(uploader, message="By another's client")
    assert answer.status_code == 201
    assert DatasetVersion.objects.get().digest == hashlib.sha256(CONTENT).hexdigest() == answer.json()["digest"]
    assert list(arrivals.folder().glob(f"{Upload.objects.get().arrival}*")) == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client leaves files open that it is given by name
def test_a_client_that_was_stopped_goes_on_where_it_was(sender: Sender, file: BinaryIO, tmp_path: Path) -> None:
    """Another process with the same file finds its upload by what the client remembered in a file."""
    first = sender.uploader(file.name, store_url=True, url_storage=FileStorage(str(tmp_path / "urls.json")))
    first.upload(stop_at=2 * PIECE)
    first.url_storage.close()
    second = sender.uploader(file.name, store_url=True, url_storage=FileStorage(str(tmp_path / "urls.json")))
    assert second.url == first.url and second.offset == 2 * PIECE
    second.upload()
    second.url_storage.close()
    assert sender.commit(second).status_code == 201
    assert Upload.objects.count() == 1
    gc.collect()


def test_pieces_with_checksums(sender: Sender, file: BinaryIO) -> None:
    uploader = sender.uploader(file, upload_checksum=True)  # the client does it by SHA-1
    uploader.upload()
    assert sender.commit(uploader).status_code == 201


def test_a_connection_that_breaks_in_the_middle_of_a_piece(sender: Sender, file: BinaryIO) -> None:
    """The client goes away after half of what it had announced. What came counts, and it goes on from there."""
    uploader = sender.uploader(file)
    uploader.url = uploader.create_url()
    address = urlsplit(uploader.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        lines = [
            f"PATCH {address.path} HTTP/1.1",
            f"Host: {address.netloc}",
            f"Authorization: {sender.headers['Authorization']}",
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            "Content-Type: application/offset+octet-stream",
            f"Content-Length: {len(CONTENT)}",
        ]
        line.sendall("\r\n".join([*lines, "", ""]).encode() + CONTENT[:100_000])
    until = time.monotonic() + 20
    while (come := offset_of(sender, uploader)) != 100_000:
        assert time.monotonic() < until, f"only {come} bytes have arrived"
        time.sleep(0.05)
    assert uploader.get_offset() == 100_000
    uploader.offset = uploader.get_offset()
    uploader.upload()
    answer = sender.commit(uploader)
    assert answer.status_code == 201 and answer.json()["rows"] == len(ROWS)


def test_a_hanging_connection_keeps_nobody_waiting(sender: Sender, file: BinaryIO) -> None:
    """The old connection is open still, with nobody at its other end. The next request goes on at once."""
    uploader = sender.uploader(file)
    uploader.url = uploader.create_url()
    address = urlsplit(uploader.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        lines = [
            f"PATCH {address.path} HTTP/1.1",
            f"Host: {address.netloc}",
            f"Authorization: {sender.headers['Authorization']}",
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            "Content-Type: application/offset+octet-stream",
            f"Content-Length: {len(CONTENT)}",
        ]
        line.sendall("\r\n".join([*lines, "", ""]).encode() + b"old")
        time.sleep(0.2)
        assert offset_of(sender, uploader) == 0, "a block is written once it is full or the connection ends"
        uploader.upload()
        assert offset_of(sender, uploader) == len(CONTENT)
    assert sender.commit(uploader).json()["digest"] == hashlib.sha256(CONTENT).hexdigest()


def test_a_wrong_digest_refuses(sender: Sender, file: BinaryIO) -> None:
    uploader = sender.uploader(file, sha256=hashlib.sha256(b"another file").hexdigest())
    uploader.upload()
    answer = sender.commit(uploader)
    assert (answer.status_code, answer.json()["code"]) == (409, "digest.differs")
    assert not DatasetVersion.objects.exists()


def test_the_client_is_told_of_refusals(sender: Sender, file: BinaryIO) -> None:
    sender.client.headers["Authorization"] = "Bearer gaio_unknown"
    with pytest.raises(TusCommunicationError):
        sender.uploader(file).upload()
    sender.client.headers |= sender.headers
    uploader = sender.uploader(file)
    uploader.url = uploader.create_url()
    uploader.offset = 5
    with pytest.raises((TusCommunicationError, TusUploadFailed)):
        uploader.upload_chunk()
    assert offset_of(sender, uploader) == 0


def test_many_megabytes_pass(sender: Sender, tmp_path: Path) -> None:
    """Bytes that are no table arrive like any others; only as a version they are refused."""
    path = tmp_path / "noise.jsonl"
    path.write_bytes(os.urandom(24 * 1024 * 1024))
    with path.open("rb") as stream:
        uploader = sender.uploader(stream)
        uploader.chunk_size = 10 * 1024 * 1024
        uploader.upload()
    assert arrivals.path(Upload.objects.get().arrival).read_bytes() == path.read_bytes()
    assert sender.commit(uploader).status_code == 422
