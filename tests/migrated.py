"""A database with every migration applied, made once for a whole run of the suite: migrating takes many seconds.

Each process of a parallel run begins with a copy, and so does a site that a test serves; what that site's own `migrate`
finds done it leaves. From nothing migrate the demo (tests/end_to_end/test_demo.py) and the first test of the launcher.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file; read only. Of the processes of a parallel run the first makes it, the others wait."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the one that they share
    path = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _migrate(path)
    return path


def _migrate(path: Path) -> None:
    """As on a new site, in a process of its own: this one is set to the database of the suite."""
    folder = path.with_suffix(".making")
    (folder / "static").mkdir(parents=True)
    draft = folder / "db.sqlite3"
    own = {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{draft}", "CELERY_BROKER_URL": "filesystem://"}
    command = [sys.executable, "manage.py", "migrate", "--noinput"]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ) | own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    draft.rename(path)


def copy_database(of: Path, to: Path) -> None:
    """Pages that still wait in the write-ahead log come along."""
    with closing(sqlite3.connect(of)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


@pytest.fixture(scope="session")
def own_site(migrated: Path) -> Callable[[Path], dict[str, str]]:
    """`own_site(folder)`: the environment of a site with a migrated SQLite file and queue of its own in the folder,
    whatever the rest of the suite runs on.
    """

    def prepare(folder: Path) -> dict[str, str]:
        copy_database(migrated, folder / "db.sqlite3")
        database = f"sqlite:///{folder}/db.sqlite3"
        return {"VAR_DIR": str(folder), "DATABASE_URL": database, "CELERY_BROKER_URL": "filesystem://"}

    return prepare


# --- pytest-django's own fixtures: the database of this process ---------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """The last moment before the database is made: on SQLite it is there already."""
    if connection.vendor == "sqlite":
        copy_database(request.getfixturevalue("migrated"), Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """To take the copy as it is. It goes with this process's folder."""
    return connection.vendor == "sqlite" or bool(request.config.getvalue("reuse_db"))
