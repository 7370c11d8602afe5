"""Files and models that must not come in, sent the way a person's tool sends them; each is answered with a sentence."""

import gzip
import io
import os
import pickle
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, BinaryIO

import httpx
import pytest

from apps.accounts.rules import ENGINEER
from apps.catalog.models import DatasetVersion
from apps.catalog.services import dataset_version_commit
from apps.core.errors import Invalid
from apps.core.tables.lines import MAX_LINE_BYTES
from genaiops_site.launch import launched
from tests.end_to_end.world import World, people
from tests.makers import make_dataset, make_person, make_team

pytestmark = pytest.mark.slow
DISK_MIB = 8


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A real file system of a few MiB for the stored files; None where this user may not mount one."""
    folder = tmp_path_factory.mktemp("disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    is_mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    yield folder if is_mounted else None
    if is_mounted:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, disk: Path | None, own_site: Callable[[Path], dict[str, str]]
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    own = own_site(folder)
    own["TMPDIR"] = str(folder / "uploads")
    (folder / "uploads").mkdir()
    own["STORAGE_ROOT"] = str(disk or folder / "artifacts")
    with launched(workers=("cpu",), env=own) as site, people(site) as made:
        yield made


def sent(world: World, dataset: int, name: str, content: bytes | BinaryIO) -> httpx.Response:
    """A real multipart upload with exactly this file name."""
    headers = {"Authorization": f"Bearer {world.secret}"}
    url = f"{world.site.address}/api/v1/datasets/{dataset}/versions/"
    return httpx.post(url, headers=headers, files={"file": (name, content)}, timeout=120)


def left_behind(world: World) -> set[str]:
    """Everything that lies where uploads arrive and where files are kept."""
    places = [Path(world.site.environment[name]) for name in ("TMPDIR", "STORAGE_ROOT")]
    return {str(path) for place in places for path in place.rglob("*") if path.is_file()}


def adds_nothing(world: World, before: set[str]) -> bool:
    """Whether nothing lies there that did not before; the portal clears a received file just after it has answered."""
    until = time.monotonic() + 10
    while not left_behind(world) <= before:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def zipped() -> bytes:
    """Ten kilobytes that unpack to ten megabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", b"0" * 10_000_000)
    return buffer.getvalue()


BAD = [
    ("truncated.jsonl", b'{"question": "Why?", "answer": "So."}\n{"question": "Ho', "table.truncated", "line 2"),
    ("truncated.parquet", b"PAR1" + bytes(100), "table.truncated", "Parquet"),
    ("mixed.jsonl", b'{"a": 1}\n{"b": "x"}\n', "table.mixed_schema", "Line 2"),
    ("latin1.csv", "name\nok\nJosé\n".encode("latin-1"), "table.encoding", "Line 3 is not UTF-8"),
    ("utf16.csv", "a,b\n1,2\n".encode("utf-16"), "table.encoding", "UTF-16"),
    ("header_only.csv", b"a,b\n", "table.empty", "no row"),
    ("bomb.csv", zipped(), "table.archive", "ZIP"),
    ("bomb.jsonl", gzip.compress(b"0" * 10_000_000), "table.archive", "gzip"),
    ("pickle.csv", pickle.dumps([{"a": 1}]), "table.pickle", "pickle"),
    ("program.exe", b"MZ", "table.unknown_format", ".exe"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), BAD, ids=[case[0] for case in BAD])
def test_a_bad_file_is_refused_and_nothing_of_it_stays(
    world: World, name: str, content: bytes, code: str, words: str
) -> None:
    dataset, before = world.dataset(f"For {name}"), left_behind(world)
    answer = sent(world, dataset, name, content)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["code"] == code
    assert words in answer.json()["title"]
    assert world.olga.rows(f"datasets/{dataset}/versions/") == []
    assert adds_nothing(world, before)


def test_an_empty_file_is_refused(world: World) -> None:
    dataset = world.dataset("For nothing")
    answer = sent(world, dataset, "empty.jsonl", b"")
    assert answer.status_code in (400, 422), answer.text
    assert "empty" in answer.text
    assert world.olga.rows(f"datasets/{dataset}/versions/") == []


def test_a_line_without_end_is_refused(world: World) -> None:
    dataset, before = world.dataset("For a long line"), left_behind(world)
    answer = sent(world, dataset, "line.jsonl", b'{"a": "' + b"x" * MAX_LINE_BYTES)
    assert (answer.status_code, answer.json()["code"]) == (422, "table.line_too_long")
    assert adds_nothing(world, before)


@pytest.mark.django_db
def test_a_line_of_two_gigabytes_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    """By the service that every door calls: sending so much over HTTP would take most of a minute."""
    path, team = tmp_path / "line.jsonl", make_team()
    path.write_bytes(b'{"a": "' + b"x" * (MAX_LINE_BYTES + 1))
    os.truncate(path, 2 * 1024**3)  # the rest is a hole that takes no room on the disk
    olga = make_person(ENGINEER, team=team)
    with pytest.raises(Invalid) as refused:
        dataset_version_commit(by=olga, dataset=make_dataset(olga, team), path=path, filename="line.jsonl")
    assert refused.value.code == "table.line_too_long"
    assert DatasetVersion.objects.count() == 0


@pytest.mark.parametrize("name", ["../../escaped.csv", "/tmp/escaped.csv", "..\\..\\escaped.csv"])
def test_a_path_traversing_name_leads_nowhere(world: World, name: str) -> None:
    """The folders of a name are cut off before anything else is done with it."""
    dataset = world.dataset(f"For {name}")
    answer = sent(world, dataset, name, f"a\n{name}\n".encode())
    assert (answer.status_code, answer.json()["filename"]) == (201, "escaped.csv")
    stored = world.olga.download(f"dataset-versions/{answer.json()['id']}/file/", world.site.var_dir / "got")
    assert stored.read_bytes().startswith(b"a\n")
    assert not any(path.name == "escaped.csv" for path in (Path("/tmp"), world.site.var_dir, world.site.var_dir.parent))
    assert not any("escaped" in path for path in left_behind(world))


@pytest.mark.parametrize("name", [".hidden.csv", "..", "a" * 300 + ".csv"])
def test_a_misleading_name_is_refused(world: World, name: str) -> None:
    answer = sent(world, world.dataset(f"For {name[:40]!a}"), name, b"a\n1\n")
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_full_disk_is_told_and_the_next_smaller_file_fits(world: World, disk: Path | None) -> None:
    if disk is None:
        pytest.skip(
            "mounting a small file system needs root on Linux; tests/core/test_storage.py fills a quota instead"
        )
    dataset, before = world.dataset("For a full disk"), left_behind(world)
    row = b'{"a": "%07d' + b"x" * 1000 + b'"}\n'  # each its own: equal chunks would be stored once, and fit
    answer = sent(world, dataset, "large.jsonl", b"".join(row % number for number in range(DISK_MIB * 1200)))
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
    assert answer.json()["remedy"]
    assert adds_nothing(world, before)
    assert sent(world, dataset, "small.jsonl", row % 0).status_code == 201


# --- models -----------------------------------------------------------------------------------------------------------


def imported(world: World, source: str, name: str) -> dict[str, Any]:
    """The import run of this source, once it is over."""
    run: dict[str, Any] = world.olga.post(f"models/{world.model(name)}/versions/", source=source)
    return world.ended(run)


def model_folder(world: World, tiny_base: Path, name: str) -> Path:
    """A copy of the model where the operator lets models be imported from."""
    return copytree(tiny_base, world.site.var_dir / "models" / name)


def with_pickle(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))


def with_renamed_pickle(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps({"weight": 1}))


def with_truncated_weights(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", (folder / "model.safetensors").stat().st_size // 2)


def with_link_outside(folder: Path) -> None:
    (folder / "secrets.json").symlink_to("/etc/passwd")


SPOILT = [
    (with_pickle, "model.pickle", "pytorch_model.bin"),
    (with_renamed_pickle, "model.pickle", "renamed to safetensors"),
    (with_truncated_weights, "model.corrupt", "promises"),
    (with_link_outside, "model.link", "leads out"),
]


@pytest.mark.parametrize(("spoil", "code", "words"), SPOILT, ids=[case[0].__name__ for case in SPOILT])
def test_a_spoilt_model_is_not_imported(
    world: World, tiny_base: Path, spoil: Callable[[Path], None], code: str, words: str
) -> None:
    folder, before = model_folder(world, tiny_base, spoil.__name__), left_behind(world)
    spoil(folder)
    failed = imported(world, str(folder), spoil.__name__)
    assert (failed["state"], failed["error_code"]) == ("failed", code), failed["error"]
    assert words in failed["error"]
    assert adds_nothing(world, before)
    assert not any((world.site.var_dir / "work").glob(f"import-{failed['id']}*"))


SOURCES = [
    ("example/no-such-model", "model.not_found", "works offline"),
    ("/etc", "model.folder_closed", "not open for imports"),
    ("{models}/../../../../../etc", "model.folder_closed", "not open for imports"),
    ("./nowhere", "model.not_found", "not a hub id"),
]


@pytest.mark.parametrize(("source", "code", "words"), SOURCES, ids=[case[0] for case in SOURCES])
def test_a_source_that_is_not_there_or_not_open_is_told(world: World, source: str, code: str, words: str) -> None:
    name = f"From {source}".replace("/", " ")  # names of models have no slashes
    failed = imported(world, source.format(models=world.site.var_dir / "models"), name)
    assert (failed["state"], failed["error_code"]) == ("failed", code), failed["error"]
    assert words in failed["error"]
    assert world.trail("run.fail", failed["id"]) == 1


def test_a_good_model_comes_in_after_all_that(world: World, tiny_base: Path) -> None:
    done = imported(world, str(model_folder(world, tiny_base, "good")), "Good")
    assert done["state"] == "succeeded", done["error"]
