"""What a worker's door does around its engine: folders that come and go, files that are checked, rows in one form."""

from pathlib import Path
from typing import Any

import pytest

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.catalog.models import ScanRun
from apps.catalog.services import scan_start
from apps.core import storage
from apps.core.errors import Conflict
from tests.makers import claim, commit, csv, jsonl, make_data, make_dataset, make_person, make_team, make_version
from workers.doors import engine_settings, model_folder, rows_file, work_folder

pytestmark = pytest.mark.django_db
ROWS = [{"question": "Who is José?", "answer": "A colleague."}, {"question": "Where?", "answer": "Here."}]


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def run(olga: User, team: Team) -> ScanRun:
    return scan_start(by=olga, version=make_data(olga, team))


@pytest.fixture(autouse=True)
def own_work_folder(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"


def test_a_work_folder_is_gone_after_success(run: ScanRun) -> None:
    with work_folder(run) as folder:
        assert folder.name.startswith(f"scan-{run.pk}")
        (folder / "notes").write_text("scratch")
    assert not folder.exists()


def test_what_a_killed_worker_left_is_removed(run: ScanRun, settings: Any) -> None:
    left = settings.WORK_DIR / f"scan-{run.pk}-earlier"
    left.mkdir(parents=True)
    with work_folder(claim(run)) as folder:
        assert not left.exists()
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("keep", [False, True])
def test_after_an_error_it_stays_only_where_it_is_of_use(run: ScanRun, keep: bool) -> None:
    with pytest.raises(RuntimeError), work_folder(run, keep_on_error=keep) as folder:
        (folder / "checkpoint").write_text("step 10")
        raise RuntimeError
    assert (folder / "checkpoint").exists() == keep


def test_jsonl_reaches_the_engine_as_it_is_stored(olga: User, team: Team, tmp_path: Path) -> None:
    version = make_data(olga, team, ROWS)
    assert rows_file(version, tmp_path) == storage.local_path(version.digest)


def test_other_formats_reach_the_engine_as_jsonl(olga: User, team: Team, tmp_path: Path) -> None:
    version = commit(olga, make_dataset(olga, team), csv(ROWS), "rows.csv")
    assert rows_file(version, tmp_path).read_bytes() == jsonl(ROWS).replace(b"\\u00e9", "é".encode())


def test_a_models_files_are_laid_out_by_their_paths(olga: User, team: Team, tmp_path: Path) -> None:
    files = {"config.json": b"{}", "parts/model.safetensors": b"weights"}
    folder = model_folder(make_version(olga, team, files=files), tmp_path / "model")
    assert {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
    model_folder(make_version(olga, team, files=files), tmp_path / "model")  # a second attempt finds the first's files


def test_a_changed_file_is_named_and_refused(olga: User, team: Team, tmp_path: Path) -> None:
    version = make_version(olga, team, files={"config.json": b"{}", "model.safetensors": b"untouched weights"})
    stored = storage.local_path(version.files.get(path="model.safetensors").digest)
    stored.chmod(0o644)
    stored.write_bytes(b"Untouched weights")
    with pytest.raises(Conflict) as refused:
        model_folder(version, tmp_path / "model")
    assert refused.value.code == "storage.tampered"
    assert "model.safetensors" in refused.value.message
    assert not (tmp_path / "model" / "model.safetensors").exists()


def test_lists_become_tuples_for_a_frozen_configuration(run: ScanRun) -> None:
    run.config = {"copy_columns": ["question"], "threshold": 0.5}
    assert engine_settings(run) == {"copy_columns": ("question",), "threshold": 0.5}
