"""A PostgreSQL server for a bench that compares two programs on one: its own settings, a free port, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path:
    """The folder of the newest installed server. Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise RuntimeError("PostgreSQL is not installed: sudo apt-get install postgresql, or brew install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(*databases: str) -> Iterator[int]:
    """A server with these empty databases and PostgreSQL's own settings (every commit reaches the disk); its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="bench-postgres-")), free_port()
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, "postgres")
    data, bin_folder = folder / "data", programs()
    initdb = [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **as_user)
    command = [bin_folder / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd="/", **quiet, **as_user)
    try:
        address = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
        until = time.monotonic() + 60
        while subprocess.run([bin_folder / "pg_isready", "-q", *address[:4]]).returncode:
            if time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not become ready within 60 s")
            time.sleep(0.1)
        for name in databases:
            subprocess.run([bin_folder / "createdb", *address, name], check=True)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
