"""Real PostgreSQL and Redis servers for the tests that need them: free ports, temporary folders, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

GET_POSTGRES = "PostgreSQL is not installed: sudo apt-get install postgresql, or brew install postgresql"
GET_REDIS = "Redis is not installed: sudo apt-get install redis-server, or brew install redis"


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(is_ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Polls until `is_ready` says so; fails the test when it has not within `seconds`."""
    until = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > until:
            pytest.fail(f"{what} did not become ready within {seconds:g} s")
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_bin() -> Path | None:
    """The folder of the newest installed server. Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _server_user() -> dict[str, str]:
    """PostgreSQL refuses to run as root; Debian's package makes the user `postgres` for it."""
    return {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`postgres://…` of an empty database on a server of its own."""
    programs = postgres_bin()
    if programs is None:
        pytest.skip(GET_POSTGRES)
    # Not below pytest's own folder, which only its owner may enter: the server runs as another user.
    folder = Path(f"/tmp/genaiops-postgres-{os.getpid()}-{free_port()}")
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    port, data = free_port(), folder / "data"
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **_server_user())
    # The data lives for one test run: nothing has to reach the disk.
    quick = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
    with (tmp_path_factory.mktemp("postgres") / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *quick],
            stdout=log,
            stderr=log,
            cwd="/",
            **_server_user(),
        )
    try:
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        wait_for(lambda: subprocess.run(ready).returncode == 0, 30, "PostgreSQL")
        address = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
        subprocess.run([programs / "createdb", *address, "genaiops"], check=True)
        yield f"postgres://postgres@127.0.0.1:{port}/genaiops"
    finally:
        _stop(server, signal.SIGINT)  # "fast": does not wait for connections that a failed test left open
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`redis://…` of a server of its own that keeps nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(GET_REDIS)
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([program, *options], cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port), 15, "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    server.send_signal(how)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
