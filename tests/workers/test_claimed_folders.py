"""Scratch folders when a run changes hands, and stored rows that somebody changed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.catalog.models import ScanRun
from apps.catalog.services import scan_start
from apps.core import storage
from apps.core.errors import Conflict
from apps.jobs.services import runs_sweep
from tests.makers import claim, make_data, make_person, make_team
from workers.doors import rows_file, work_folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def late(engineer: User, team: Team) -> ScanRun:
    return claim(scan_start(by=engineer, version=make_data(engineer, team)))


def _taken_over(late: ScanRun) -> ScanRun:
    ScanRun.objects.filter(pk=late.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    runs_sweep()
    return claim(ScanRun.objects.get(pk=late.pk), "present:1")


def test_a_late_worker_does_not_clear_away_the_folder_of_the_present_one(late: ScanRun) -> None:
    at_work = work_folder(late)
    abandoned = at_work.__enter__()
    with work_folder(_taken_over(late)) as folder:
        assert not abandoned.exists(), "its result would be dropped anyway"
        at_work.__exit__(None, None, None)
        assert folder.is_dir()
    assert not folder.exists()


def test_checkpoints_reach_the_next_claim(late: ScanRun) -> None:
    with pytest.raises(RuntimeError), work_folder(late, keep_on_error=True) as folder:
        (folder / "checkpoint").write_text("step 10")
        raise RuntimeError
    with work_folder(_taken_over(late), keep_on_error=True) as folder:
        assert (folder / "checkpoint").read_text() == "step 10"
    assert not folder.exists()


def test_rows_that_were_changed_in_the_store_reach_no_engine(engineer: User, team: Team, tmp_path: Path) -> None:
    version = make_data(engineer, team, [{"prompt": "Which rows?", "answer": "Only these."}])
    path = storage.local_path(version.digest)
    assert rows_file(version, tmp_path) == path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"Only", b"Also"))
    with pytest.raises(Conflict) as refused:
        rows_file(version, tmp_path)
    assert refused.value.code == "storage.tampered"
    path.unlink()
