"""The tus protocol over the API, header by header, and what a whole upload becomes."""

import base64
import hashlib
import os
from datetime import timedelta
from typing import Any

import pytest
from django.http.request import HttpRequest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from apps.accounts.rules import AUDITOR, READ
from apps.audit.models import AuditEntry
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion, Upload
from apps.catalog.services import upload_finish, uploads_sweep
from apps.core import arrivals, storage
from tests.makers import ROWS, jsonl, make_client, make_data, make_dataset, make_person, upload
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/uploads/"
CONTENT = jsonl(ROWS)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def dataset(people: People) -> Dataset:
    return make_dataset(people.olga, people.team)


@pytest.fixture
def olga(people: People) -> APIClient:
    return make_client(people.olga)


def said(**pairs: object) -> str:
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in pairs.items())


def begin(client: Client, dataset: Dataset, size: int = len(CONTENT), /, **more: object) -> Any:
    metadata = said(**{"filename": "rows.jsonl", "dataset": dataset.pk} | more)
    return client.generic("POST", API, headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata})


def begun(client: Client, dataset: Dataset, size: int = len(CONTENT), **more: object) -> str:
    answer = begin(client, dataset, size, **more)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def piece(client: Client, url: str, offset: int, content: bytes, kind: str = PIECE, **headers: str) -> Any:
    given = TUS | {"Upload-Offset": str(offset)} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic("PATCH", url, content, kind, headers=given)


def head(client: Client, url: str) -> Any:
    return client.head(url, headers=TUS)


def sent(client: Client, dataset: Dataset, content: bytes = CONTENT, **more: object) -> Upload:
    """A whole upload."""
    url = begun(client, dataset, len(content), **more)
    assert piece(client, url, 0, content).status_code == 204
    return Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])


def commit(client: APIClient, dataset: Dataset, upload: Upload | str, **more: Any) -> Any:
    pk = str(upload.pk) if isinstance(upload, Upload) else upload
    return client.post(f"/api/v1/datasets/{dataset.pk}/versions/", {"upload": pk} | more, format="json")


def test_options_tell_what_is_spoken(olga: APIClient) -> None:
    answer = olga.options(API)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "checksum", "termination", "expiration"}
    assert answer["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert int(answer["Tus-Max-Size"]) == 20 * 1024**3


def test_a_file_arrives_in_pieces_and_becomes_a_version(olga: APIClient, dataset: Dataset, people: People) -> None:
    url = begun(olga, dataset, sha256=DIGEST)
    assert url.startswith("http://testserver/api/v1/uploads/")
    first = piece(olga, url, 0, CONTENT[:50])
    assert (first.status_code, first["Upload-Offset"], first["Tus-Resumable"]) == (204, "50", "1.0.0")
    assert "GMT" in first["Upload-Expires"]
    told = head(olga, url)
    assert (told.status_code, told["Upload-Offset"], told["Upload-Length"]) == (200, "50", str(len(CONTENT)))
    assert told["Cache-Control"] == "no-store" and told.content == b""
    assert "filename cm93cy5qc29ubA==" in told["Upload-Metadata"], "given back as it was sent"
    assert piece(olga, url, 50, CONTENT[50:])["Upload-Offset"] == str(len(CONTENT))
    pk = url.rstrip("/").rpartition("/")[2]
    answer = commit(olga, dataset, pk, message="First", licence="CC0-1.0", provenance={"origin": "people"})
    assert answer.status_code == 201
    made = DatasetVersion.objects.get()
    assert (made.digest, made.message, made.licence, made.rows) == (DIGEST, "First", "CC0-1.0", len(ROWS))
    assert made.provenance == {"origin": "people"} and made.filename == "rows.jsonl"
    upload = Upload.objects.get()
    assert upload.version == made and upload.ended_at is not None
    actions = AuditEntry.objects.filter(object_id=pk).order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["upload.start", "upload.arrive", "upload.commit"]


def test_what_has_arrived_is_removed_once_it_is_a_version(
    olga: APIClient, dataset: Dataset, django_capture_on_commit_callbacks: Any
) -> None:
    upload = sent(olga, dataset)
    with django_capture_on_commit_callbacks(execute=True):
        assert commit(olga, dataset, upload).status_code == 201
    assert list(arrivals.folder().glob(f"{upload.arrival}*")) == []
    assert storage.is_intact(DIGEST)


@pytest.mark.parametrize("version", ["", "0.2.2"])
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_another_version_of_the_protocol_is_refused(
    olga: APIClient, dataset: Dataset, method: str, version: str
) -> None:
    headers = {"Tus-Resumable": version, "Upload-Offset": "0"}
    answer = olga.generic(method, begun(olga, dataset), b"x", PIECE, headers=headers)
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert Upload.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "9" * 30}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(2**62)}, 413),
        ({"Upload-Length": "10", "Upload-Metadata": "filename a,filename b"}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": "filename !!"}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": "filename /w=="}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": "a " + "A" * 5_000}, 422),
    ],
)
def test_a_beginning_that_makes_no_sense_is_refused(
    olga: APIClient, dataset: Dataset, headers: dict[str, str], status: int
) -> None:
    given = {"Upload-Metadata": said(filename="rows.jsonl", dataset=dataset.pk)} | headers
    answer = olga.generic("POST", API, headers=TUS | given)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"dataset": "0"}, 404),
        ({"dataset": "x"}, 400),
        ({"dataset": ""}, 400),
        ({"filename": "model.pickle"}, 201),  # what is in it decides, once it is whole
        ({"filename": ""}, 422),
        ({"sha256": "12"}, 422),
        ({"sha256": "g" * 64}, 422),
        ({"licence": "x" * 201}, 422),
    ],
)
def test_what_is_said_of_a_file_is_checked(
    olga: APIClient, dataset: Dataset, more: dict[str, object], status: int
) -> None:
    assert begin(olga, dataset, **more).status_code == status


def test_a_file_that_no_disk_holds_answers_507(olga: APIClient, dataset: Dataset, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_TEAM_BYTES = 2**62, 0
    answer = begin(olga, dataset, 2**61)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
    assert not Upload.objects.exists()


def test_a_file_beyond_the_bound_answers_413(olga: APIClient, dataset: Dataset, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    assert begin(olga, dataset, 1_001).status_code == 413
    assert begin(olga, dataset, 1_000).status_code == 201


@pytest.mark.parametrize(
    ("offset", "content", "kind", "headers", "status"),
    [
        (0, b"x", "application/json", {}, 415),
        (1, b"x", PIECE, {}, 409),
        (0, b"x" * 1_000, PIECE, {}, 413),
        (0, b"x", PIECE, {"Upload_Offset": "one"}, 400),
        (0, b"x", PIECE, {"Upload_Checksum": "md5 AAAA"}, 422),
        (0, b"x", PIECE, {"Upload_Checksum": "sha256 AAAA"}, 422),
        (0, b"x", PIECE, {"Upload_Checksum": "sha256 !"}, 422),
        (0, b"x", PIECE, {"Upload_Checksum": "sha256 " + base64.b64encode(b"0" * 32).decode()}, 460),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(
    olga: APIClient, dataset: Dataset, offset: int, content: bytes, kind: str, headers: dict[str, str], status: int
) -> None:
    url = begun(olga, dataset)
    assert piece(olga, url, offset, content, kind, **headers).status_code == status
    assert head(olga, url)["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_with_its_checksum_is_taken(olga: APIClient, dataset: Dataset, algorithm: str) -> None:
    digest = base64.b64encode(hashlib.new(algorithm, CONTENT).digest()).decode()
    answer = piece(olga, begun(olga, dataset), 0, CONTENT, Upload_Checksum=f"{algorithm} {digest}")
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(CONTENT)))


def test_the_disk_says_where_to_go_on_whatever_the_row_says(olga: APIClient, dataset: Dataset) -> None:
    """As after a process that was killed between writing the bytes and writing the row."""
    url = begun(olga, dataset)
    with arrivals.path(Upload.objects.get().arrival).open("ab") as file:
        file.write(CONTENT[:33])
    assert Upload.objects.get().offset == 0
    assert head(olga, url)["Upload-Offset"] == "33"
    assert piece(olga, url, 0, CONTENT).status_code == 409
    assert piece(olga, url, 33, CONTENT[33:]).status_code == 204
    assert Upload.objects.get().is_whole


def test_a_piece_is_never_held_in_memory(
    olga: APIClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    monkeypatch.setattr(arrivals, "BLOCK", 700)
    asked: list[int] = []
    read = HttpRequest.read

    def noted(request: HttpRequest, size: int = -1) -> bytes:
        asked.append(size)
        return read(request, size)

    monkeypatch.setattr(HttpRequest, "read", noted)
    assert piece(olga, begun(olga, dataset, 5_000), 0, os.urandom(5_000)).status_code == 204
    assert sum(asked) == 5_000 and set(asked) <= {700, 100}


def test_an_upload_is_given_up(olga: APIClient, dataset: Dataset, django_capture_on_commit_callbacks: Any) -> None:
    url = begun(olga, dataset)
    with django_capture_on_commit_callbacks(execute=True):
        assert olga.delete(url, headers=TUS).status_code == 204
    assert head(olga, url).status_code == 404
    assert piece(olga, url, 0, CONTENT).status_code == 404
    assert olga.delete(url, headers=TUS).status_code == 404
    assert list(arrivals.folder().glob(f"{Upload.objects.get().arrival}*")) == []


def test_a_method_may_be_named_in_a_header(olga: APIClient, dataset: Dataset) -> None:
    url = begun(olga, dataset)
    headers = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert olga.generic("POST", url, CONTENT, PIECE, headers=headers).status_code == 204
    assert olga.generic("POST", url, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204


def test_a_method_in_a_header_passes_by_neither_scope_nor_csrf(people: People, dataset: Dataset) -> None:
    url = begun(make_client(people.olga), dataset)
    headers = TUS | {"X-HTTP-Method-Override": "DELETE"}
    assert make_client(people.olga, READ).generic("GET", url, headers=headers).status_code == 403
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.olga)
    assert browser.generic("GET", url, headers=headers).status_code == 403
    assert Upload.objects.get().ended_at is None


def test_a_session_sends_pieces_with_its_csrf_token(people: People, dataset: Dataset) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.olga)
    assert begin(browser, dataset).status_code == 403
    browser.get("/data/")
    browser.get(f"/data/{dataset.pk}/upload/")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    metadata = said(filename="rows.jsonl", dataset=dataset.pk)
    headers = TUS | token | {"Upload-Length": str(len(CONTENT)), "Upload-Metadata": metadata}
    url = browser.generic("POST", API, headers=headers)["Location"]
    assert piece(browser, url, 0, CONTENT).status_code == 403
    assert piece(browser, url, 0, CONTENT, **{"X-CSRFToken": token["X-CSRFToken"]}).status_code == 204


def test_an_outsider_finds_nothing(olga: APIClient, dataset: Dataset, people: People) -> None:
    upload = sent(olga, dataset)
    xena, url = make_client(people.xena), f"{API}{upload.pk}/"
    assert begin(xena, dataset).status_code == 404
    assert head(xena, url).status_code == 404
    assert piece(xena, url, 0, b"x").status_code == 404
    assert xena.delete(url, headers=TUS).status_code == 404
    assert commit(xena, dataset, upload).status_code == 404
    own = make_dataset(people.xena, people.other_team)
    assert commit(xena, own, upload).status_code == 404, "nor into a dataset of her own"
    assert xena.get(API).json()["results"] == []


def test_a_dataset_that_is_only_shared_takes_no_upload(people: People, dataset: Dataset) -> None:
    assign_perm("view_dataset", people.xena, dataset)
    assert begin(make_client(people.xena), dataset).status_code == 403


@pytest.mark.parametrize("role", ["approver", AUDITOR])
def test_who_may_not_upload_is_refused(olga: APIClient, dataset: Dataset, people: People, role: str) -> None:
    upload = sent(olga, dataset)
    client, url = make_client(make_person(role, team=people.team)), f"{API}{upload.pk}/"
    assert begin(client, dataset).status_code == 403
    assert head(client, url).status_code == 403
    assert piece(client, url, 0, b"x").status_code == 403
    assert client.delete(url, headers=TUS).status_code == 403
    assert commit(client, dataset, upload).status_code == 403
    assert Client().head(url, headers=TUS).status_code == 401


def test_only_who_began_goes_on_and_a_colleague_may_give_it_up(
    olga: APIClient, dataset: Dataset, people: People
) -> None:
    upload = sent(olga, dataset)
    colleague, url = make_client(make_person("engineer", team=people.team)), f"{API}{upload.pk}/"
    assert piece(colleague, url, len(CONTENT), b"x").status_code == 403
    assert commit(colleague, dataset, upload).status_code == 403
    assert colleague.delete(url, headers=TUS).status_code == 204


def test_open_uploads_are_listed(olga: APIClient, dataset: Dataset, people: People) -> None:
    begun(olga, dataset, modified=17)
    begun(olga, make_dataset(people.olga, people.team))
    (listed,) = olga.get(f"{API}?dataset={dataset.pk}").json()["results"]
    assert (listed["filename"], listed["offset"], listed["is_whole"]) == ("rows.jsonl", 0, False)
    assert listed["metadata"]["modified"] == "17"
    assert olga.get(listed["url"]).json()["offset"] == 0


def test_a_part_is_no_version(olga: APIClient, dataset: Dataset) -> None:
    url = begun(olga, dataset)
    piece(olga, url, 0, CONTENT[:10])
    answer = commit(olga, dataset, url.rstrip("/").rpartition("/")[2])
    assert (answer.status_code, answer.json()["code"]) == (409, "upload.incomplete")


def test_a_wrong_digest_refuses_the_upload_and_loses_nothing(olga: APIClient, dataset: Dataset) -> None:
    upload = sent(olga, dataset, sha256="0" * 64)
    answer = commit(olga, dataset, upload)
    assert (answer.status_code, answer.json()["code"]) == (409, "digest.differs")
    assert not DatasetVersion.objects.exists()
    assert commit(olga, dataset, upload, expect_digest=DIGEST).status_code == 201


def test_an_upload_becomes_one_version_only(olga: APIClient, dataset: Dataset, people: People) -> None:
    upload = sent(olga, dataset)
    other = make_dataset(people.olga, people.team)
    assert commit(olga, other, upload).json()["code"] == "upload.dataset"
    assert commit(olga, dataset, upload).status_code == 201
    assert commit(olga, dataset, upload).status_code == 404
    assert commit(olga, dataset, "not-an-id").status_code == 400


@pytest.mark.parametrize("content", [b"", b"{", b"\x80\x04\x95"])
def test_what_is_no_table_is_refused_and_may_be_given_up(olga: APIClient, dataset: Dataset, content: bytes) -> None:
    upload = Upload.objects.get(pk=begun(olga, dataset, 0).rstrip("/").rpartition("/")[2])
    if content:
        upload = sent(olga, dataset, content)
    assert commit(olga, dataset, upload).status_code == 422
    assert olga.delete(f"{API}{upload.pk}/", headers=TUS).status_code == 204


def test_an_upload_goes_to_the_branch_that_is_named(olga: APIClient, dataset: Dataset) -> None:
    assert commit(olga, dataset, sent(olga, dataset)).json()["branch"] == "main"
    more = sent(olga, dataset, CONTENT + CONTENT.replace(b"Question", b"Another"))
    assert commit(olga, dataset, more, branch="no-such-branch").status_code == 404
    first = DatasetVersion.objects.get()
    Branch.objects.create(dataset=dataset, name="other", head=first, created_by=first.created_by)
    assert commit(olga, dataset, more, branch="other").status_code == 201
    assert DatasetVersion.objects.get(number=2).branch == "other"
    file = upload(CONTENT.replace(b"Question", b"Third"))
    answer = olga.post(
        f"/api/v1/datasets/{dataset.pk}/versions/", {"file": file, "branch": "other"}, format="multipart"
    )
    assert answer.status_code == 201 and DatasetVersion.objects.get(number=3).branch == "other"


def test_what_was_said_with_the_upload_holds_where_the_commit_says_nothing(olga: APIClient, dataset: Dataset) -> None:
    words = {"message": "Said before", "licence": "MIT", "branch": "main"}
    assert commit(olga, dataset, sent(olga, dataset, **words), message="Said now").status_code == 201
    made = DatasetVersion.objects.get()
    assert (made.message, made.licence, made.branch) == ("Said now", "MIT", "main")
    elsewhere = sent(olga, dataset, CONTENT * 2, branch="no-such-branch")
    assert commit(olga, dataset, elsewhere).status_code == 404


def test_a_large_upload_is_committed_by_a_run(
    olga: APIClient, dataset: Dataset, people: People, settings: Settings
) -> None:
    settings.COMMIT_INLINE_BYTES = 10
    upload = sent(olga, dataset)
    answer = commit(olga, dataset, upload, message="Large", provenance={"origin": "people"})
    assert (answer.status_code, answer.json()["kind"]) == (202, "commit")
    run = CommitRun.objects.get()
    assert (run.upload, run.dataset, run.branch, run.state) == (upload, dataset, "main", "queued")
    assert run.config["message"] == "Large" and run.config["provenance"] == {"origin": "people"}
    assert commit(olga, dataset, upload).json()["code"] == "upload.committing"
    assert olga.delete(f"{API}{upload.pk}/", headers=TUS).json()["code"] == "upload.committing"
    version = make_data(people.olga, people.team)
    upload_finish(by=people.olga, upload=upload, version=version)
    assert Upload.objects.get().version == version
    assert make_client(people.xena).get(answer.json()["url"]).status_code == 404


def test_uploads_that_nobody_goes_on_with_are_swept(
    olga: APIClient, dataset: Dataset, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    old, fresh = sent(olga, dataset), sent(olga, dataset)
    Upload.objects.filter(pk=old.pk).update(touched_at=timezone.now() - timedelta(days=settings.UPLOAD_DAYS, hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads_sweep() >= 1
    assert head(olga, f"{API}{old.pk}/").status_code == 404
    assert head(olga, f"{API}{fresh.pk}/").status_code == 200
    assert AuditEntry.objects.get(action="upload.expire").object_id == str(old.pk)
    with pytest.raises(Exception, match="gone"):
        arrivals.length(old.arrival)


def test_the_sweep_leaves_alone_what_a_run_commits(olga: APIClient, dataset: Dataset, settings: Settings) -> None:
    settings.COMMIT_INLINE_BYTES = 10
    upload = sent(olga, dataset)
    commit(olga, dataset, upload)
    Upload.objects.update(touched_at=timezone.now() - timedelta(days=365))
    uploads_sweep()
    assert Upload.objects.get().ended_at is None and arrivals.length(upload.arrival) == len(CONTENT)
