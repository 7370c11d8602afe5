"""The launcher starts real programs and leaves none behind, however it is left."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from genaiops_site import launch
from genaiops_site.launch import LaunchError, Site, end_with_descendants, launched

ROOT = Path(__file__).resolve().parents[2]

# On its own SQLite file, whatever the rest of the suite runs on.
pytestmark = pytest.mark.slow


@pytest.fixture
def own_folder(tmp_path: Path) -> dict[str, str]:
    folder = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    return {**folder, "CELERY_BROKER_URL": "filesystem://"}


@pytest.fixture
def migrated_folder(tmp_path: Path, own_site: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    return own_site(tmp_path)


def _still_there(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run. One that has ended and waits for its adopter, init, to notice does not."""
    return [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.status, response.read().decode()


def test_the_portal_answers_and_is_gone_afterwards(own_folder: dict[str, str]) -> None:
    with launched(workers=(), env=own_folder) as site:
        assert _get(f"{site.address}/healthz/") == (200, "ok")
        assert (site.var_dir / "db.sqlite3").exists()
        portal = psutil.Process(site.parts["portal"].pid)
        family = [portal, *portal.children(recursive=True)]
        assert len(family) > 1, "gunicorn's own worker belongs to what must be ended"
    assert _still_there(family) == []


def test_workers_run_and_are_gone_afterwards(migrated_folder: dict[str, str]) -> None:
    with launched(workers=("cpu", "serving"), env=migrated_folder) as site:
        logs = [site.log_path(f"worker-{queue}") for queue in ("cpu", "serving")]
        until = time.monotonic() + 60
        while not all("ready." in log.read_text() for log in logs):
            site.check()
            assert time.monotonic() < until, "\n".join(log.read_text() for log in logs)
            time.sleep(0.1)
        family = [child for part in site.parts.values() for child in psutil.Process(part.pid).children(recursive=True)]
    assert _still_there(family) == []


def test_a_taken_port_is_refused_with_a_way_out(own_folder: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=f"Port {port} cannot be used.*PORT="), launched(port, env=own_folder):
            pass


def test_a_part_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    site = Site("http://127.0.0.1:0", tmp_path, dict(os.environ))
    site.start("short-lived", [sys.executable, "-c", "raise SystemExit('the disk is full')"])
    site.parts["short-lived"].wait(20)
    with pytest.raises(LaunchError, match="short-lived ended with exit code 1.\nthe disk is full"):
        site.check()


def test_a_process_that_ignores_requests_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "END_SECONDS", 0.3)
    deaf = (
        "import signal, subprocess, sys, time\n"
        "for number in (signal.SIGTERM, signal.SIGQUIT): signal.signal(number, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "print(child.pid, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        end_with_descendants([process])
    assert process.returncode == -signal.SIGKILL
    assert _still_there([child]) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_a_sign_in_and_leaves_nothing_behind(migrated_folder: dict[str, str], number: int) -> None:
    command = [sys.executable, "-m", "genaiops_site.launch", "--port", "0"]
    environment = {**os.environ, **migrated_folder}
    # A shell without job control lets what it starts in the background ignore Ctrl-C; the launcher would inherit that.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=heed
    ) as launcher:
        assert launcher.stdout is not None
        said = [launcher.stdout.readline() for _ in range(3)]
        family = psutil.Process(launcher.pid).children(recursive=True)
        launcher.send_signal(number)
        launcher.wait(60)
    assert launcher.returncode == (0 if number == signal.SIGINT else 128 + number)
    assert said[0].startswith("GenAIOps: http://127.0.0.1:")
    assert said[1].startswith("Sign in with admin@example.org and the password ")
    assert len(family) >= 4
    assert _still_there(family) == []
    assert oct((Path(migrated_folder["VAR_DIR"]) / "sign-in.txt").stat().st_mode & 0o777) == "0o600"
