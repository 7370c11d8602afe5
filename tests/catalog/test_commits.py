"""Commits from the command line and by a worker, and what they share in storage."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.catalog.models import CommitRun, Dataset, DatasetVersion
from apps.catalog.tasks import commit as commit_door
from apps.core import storage
from tests.makers import commit, jsonl, make_data, make_dataset
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
ROWS = [{"id": n, "text": f"Row {n * 7919 % 100_003} of many. " * 6} for n in range(40_000)]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def dataset(people: People) -> Dataset:
    return make_dataset(people.olga, people.team, name="Desk")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(jsonl(ROWS[:100]))
    return path


def called(name: str, *args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(name, *map(str, args), stdout=out, **options)
    return out.getvalue()


def test_a_file_is_committed_and_checked_out_again(
    people: People, dataset: Dataset, file: Path, tmp_path: Path
) -> None:
    told = called("dataset_commit", file, dataset="Desk", email=people.olga.email, message="from disk")
    version = DatasetVersion.objects.get()
    assert version.digest in told and version.commit_digest in told and f"{version.new_bytes} bytes of them new" in told
    assert (version.message, version.branch, version.rows) == ("from disk", "main", 100)
    called("dataset_checkout", "Desk", "main", tmp_path / "out.jsonl", email=people.olga.email)
    assert (tmp_path / "out.jsonl").read_bytes() == file.read_bytes()
    (tmp_path / "folder").mkdir()
    called("dataset_checkout", dataset.pk, version.commit_digest[:8], tmp_path / "folder", email=people.olga.email)
    assert (tmp_path / "folder" / "rows.jsonl").read_bytes() == file.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"rows.jsonl", "out.jsonl", "folder"}


def test_a_dataset_is_made_on_request(people: People, file: Path) -> None:
    with pytest.raises(CommandError, match="no dataset"):
        called("dataset_commit", file, dataset="New", email=people.olga.email)
    with pytest.raises(CommandError, match="--team"):
        called("dataset_commit", file, dataset="New", email=people.olga.email, create=True)
    for content in (b"", b'{"id": 1}\n'):
        file.write_bytes(jsonl(ROWS[:3]) + content.replace(b"}", b', "text": "x"}'))
        called("dataset_commit", file, dataset="New", email=people.olga.email, create=True, team=people.team.name)
    assert DatasetVersion.objects.get(number=2).dataset.name == "New"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"email": "nobody@example.org"}, "Nobody"),
        ({"branch": "draft"}, "no branch"),
        ({"expect": "0" * 64}, "as announced"),
        ({"path": "nowhere.jsonl"}, "no file"),
    ],
)
def test_what_a_commit_lacks_is_said(
    people: People, dataset: Dataset, file: Path, options: dict[str, Any], words: str
) -> None:
    given = {"dataset": "Desk", "email": people.olga.email} | options
    with pytest.raises(CommandError, match=words):
        called("dataset_commit", given.pop("path", file), **given)
    assert not DatasetVersion.objects.exists()


def test_the_command_line_keeps_to_the_persons_rights(
    people: People, dataset: Dataset, file: Path, tmp_path: Path
) -> None:
    commit(people.olga, dataset, file.read_bytes())
    for person in (people.rui, people.xena):
        with pytest.raises(CommandError):
            called("dataset_commit", file, dataset="Desk", email=person.email)
        with pytest.raises(CommandError):
            called("dataset_checkout", "Desk", "main", tmp_path / "out", email=person.email)
    with pytest.raises(CommandError, match="--force"):
        called("dataset_checkout", "Desk", "main", file, email=people.olga.email)
    assert not (tmp_path / "out").exists() and DatasetVersion.objects.count() == 1


def test_a_changed_chunk_is_not_checked_out(people: People, dataset: Dataset, tmp_path: Path) -> None:
    version = commit(people.olga, dataset, jsonl(ROWS))
    chunk = storage.chunks_of(version.digest)[1]
    path = storage.chunk_path(chunk)
    kept = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(kept.replace(b"many", b"some", 1))
    try:
        with pytest.raises(CommandError, match="no longer has its digest"):
            called("dataset_checkout", "Desk", "main", tmp_path / "out.jsonl", email=people.olga.email)
    finally:
        path.write_bytes(kept)
    assert list(tmp_path.iterdir()) == []


def test_commits_share_what_they_have_in_common(people: People, dataset: Dataset) -> None:
    rows = [row | {"more": "in this test alone"} for row in ROWS]  # the tests of a file share one storage
    one = commit(people.olga, dataset, jsonl(rows))
    two = commit(people.olga, dataset, jsonl([*rows[:20_000], rows[0] | {"id": -1}, *rows[20_000:]]))
    assert one.chunks > 2 and one.new_bytes == one.size
    assert 0 < two.new_bytes < one.size / 2
    shared = {chunk.digest for chunk in storage.chunks_of(one.digest)}
    fresh = [chunk for chunk in storage.chunks_of(two.digest) if chunk.digest not in shared]
    assert sum(chunk.size for chunk in fresh) == two.new_bytes


def test_rows_are_counted_by_chunk(people: People) -> None:
    version = make_data(people.olga, people.team, ROWS)
    chunks = storage.chunks_of(version.digest, version.format)
    counted = [storage.chunk_path(chunk).read_bytes().count(b"\n") for chunk in chunks]
    assert [chunk.rows for chunk in chunks] == counted and sum(counted) == version.rows


def test_a_run_that_nothing_can_make_fails_in_words(people: People, dataset: Dataset) -> None:
    run = CommitRun.objects.create(
        team=people.team, dataset=dataset, operation="upload", created_by=people.olga, config={}
    )
    commit_door(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "commit.no_upload")
