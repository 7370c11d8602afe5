"""Starts a portal and its workers on this machine, and ends everything it started: `python -m genaiops_site.launch`.

For trying GenAIOps, for `make demo`, for browser tests and benchmarks. A served site lets its own supervisor start the
same programs (compose.yaml shows them). Every part is a separate program in a process group of its own, so this module
imports neither the portal nor the workers.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
QUEUES = ("cpu", "gpu", "serving")

PORTAL_SECONDS = 60.0  # a cold start on a slow disk takes a few seconds; more than this is a fault
END_SECONDS = 3.0  # what a part gets to end by itself; a run cut short here is swept and goes on at the next start
FOLLOW_SECONDS = 0.5  # how often the parts are looked at while they run
LOG_TAIL_LINES = 15


class LaunchError(Exception):
    """A part could not be started or ended by itself; the message says which and why."""


@dataclass(frozen=True)
class Site:
    """A portal that answers at `address` and the workers beside it, each by its name in `parts`."""

    address: str
    var_dir: Path
    environment: Mapping[str, str]
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def check(self) -> None:
        """Raises LaunchError when a part has ended by itself."""
        for name, process in self.parts.items():
            if process.poll() is not None:
                raise LaunchError(f"{name} ended with exit code {process.returncode}.\n{self._log_tail(name)}")

    def log_path(self, name: str) -> Path:
        """Where the part `name` writes what it has to say; one start, one file."""
        return self.var_dir / "log" / f"{name}.log"

    def start(self, name: str, command: list[str], *, pass_fds: tuple[int, ...] = ()) -> None:
        """Start one part from its argument list."""
        with self.log_path(name).open("wb") as log:
            self.parts[name] = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which then ends the parts in order
            )

    def start_worker(self, queue: str, *, concurrency: int = 1) -> None:
        """Start the worker of one queue; it is the part `worker-<queue>`."""
        self.start(f"worker-{queue}", worker_command(queue, self.var_dir, concurrency))

    def end(self) -> None:
        """End every part and all its descendants, the served models among them. Safe to call twice."""
        end_with_descendants([process for process in self.parts.values() if process.poll() is None])

    def _log_tail(self, name: str) -> str:
        lines = self.log_path(name).read_text(errors="replace").splitlines()
        return "\n".join([*lines[-LOG_TAIL_LINES:], f"The whole log: {self.log_path(name)}"])


@contextmanager
def launched(
    port: int = 0,
    *,
    workers: tuple[str, ...] = QUEUES,
    concurrency: int = 1,
    env: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """A running site, ended on leaving, on Ctrl-C and on SIGTERM.

    `port` 0 takes a free one. `workers` names the queues that get a worker. `env` is laid over this process's
    environment; `VAR_DIR` there puts database, queue, files and logs into another folder.
    """
    with _terminated_like_interrupted(), _listening(port) as listener:
        site = _site(listener, env or {})
        try:
            _migrate(site)
            site.start("portal", portal_command(listener), pass_fds=(listener.fileno(),))
            for queue in workers:
                site.start_worker(queue, concurrency=concurrency)
            _wait_until_it_answers(site)
            yield site
        finally:
            with _undisturbed():
                site.end()


def portal_command(listener: socket.socket) -> list[str]:
    """The web server on an open socket. Threads: pages wait for the database, and one process keeps memory low."""
    options = [
        "--bind",
        f"fd://{listener.fileno()}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--graceful-timeout",
        "3",
        "--no-control-socket",
    ]
    return [sys.executable, "-m", "gunicorn", *options, "genaiops_site.wsgi:application"]


def worker_command(queue: str, var_dir: Path, concurrency: int) -> list[str]:
    """The worker of one queue; the one for `cpu` also sends what is due on a schedule."""
    command = [sys.executable, "-m", "celery", "-A", "workers.celery", "worker", "--queues", queue]
    # The name tells workers of several sites on one machine apart. Gossip, mingling and heartbeats are messages that
    # workers send each other; over files they cost more than they tell.
    command += ["--hostname", f"{queue}-{os.getpid()}@%h", "--loglevel", "INFO"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    if queue == "serving":
        # Its tasks only watch over model server processes, so they may be many and need no process each.
        return [*command, "--pool", "threads", "--concurrency", "8"]
    if queue == "cpu":
        command += ["--beat", "--schedule", str(var_dir / "beat-schedule")]
    return [*command, "--pool", "prefork", "--concurrency", str(concurrency)]


def end_with_descendants(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask the processes to end; after a grace period end them and every process that came from them.

    Descendants are remembered before anything ends, because a child whose parent has gone can no longer be found.
    """
    alive = [psutil.Process(process.pid) for process in processes if psutil.pid_exists(process.pid)]
    family = [child for parent in alive for child in _children(parent)]
    for ask in (signal.SIGTERM, signal.SIGQUIT):  # to Celery: finish what you are doing; then: leave it
        for process in processes:
            _send(process, ask)
        if _all_ended(processes, END_SECONDS):
            break
    family += [child for parent in alive for child in _children(parent)]
    _, stubborn = psutil.wait_procs(family, timeout=1)
    for process in [*processes, *stubborn]:
        _send(process, signal.SIGKILL)
    for process in processes:
        process.wait()
    psutil.wait_procs(stubborn, timeout=1)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _send(process: "subprocess.Popen[bytes] | psutil.Process", number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return  # it ended a moment ago, which is what was wanted


def _all_ended(processes: list[subprocess.Popen[bytes]], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(process.poll() is None for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The portal's socket, opened here so that a port found free cannot be taken by somebody else meanwhile."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise LaunchError(f"Port {port} cannot be used ({error.strerror}). Choose another: PORT=8001") from error
        yield listener


def _site(listener: socket.socket, env: Mapping[str, str]) -> Site:
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    environment = {"BASE_URL": address, "PYTHONUNBUFFERED": "1"} | dict(os.environ) | dict(env)
    environment["VAR_DIR"] = str(Path(environment.get("VAR_DIR", BASE_DIR / "var")).resolve())
    site = Site(address, Path(environment["VAR_DIR"]), environment)
    for folder in ("log", "static"):
        (site.var_dir / folder).mkdir(parents=True, exist_ok=True)
    return site


def manage(site: Site, *arguments: str) -> str:
    """Run one command of manage.py in the site's environment and return what it printed. Raises LaunchError."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=BASE_DIR, env=dict(site.environment), capture_output=True, text=True)
    if done.returncode:
        raise LaunchError(f"manage.py {arguments[0]} failed.\n{done.stderr.strip()}")
    return done.stdout


def _migrate(site: Site) -> None:
    site.log_path("migrate").write_text(manage(site, "migrate", "--noinput"))


def _wait_until_it_answers(site: Site) -> None:
    until = time.monotonic() + PORTAL_SECONDS
    while not _answers(f"{site.address}/healthz/"):
        site.check()
        if time.monotonic() > until:
            raise LaunchError(f"The portal did not answer within {PORTAL_SECONDS:g} s: {site.log_path('portal')}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  always http, to this machine
            return response.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM and a closed terminal leave through `finally`, as Ctrl-C does, so that no part is orphaned."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers, and only it is interrupted
        return
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not stop the ending half-way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def sign_in_lines(site: Site) -> str:
    """Who can sign in on this trial site: the demo's people, or a first administrator made now and written down."""
    path = site.var_dir / "sign-in.txt"
    made = manage(site, "first_administrator_create")
    if made:
        path.touch(mode=0o600)
        path.write_text(made)
    return path.read_text().strip() if path.exists() else "Sign in with the account you made (manage.py person_create)."


def main() -> int:
    """The command line: start, say where, stay until told to end or until a part ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m genaiops_site.launch", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: 8000)")
    parser.add_argument("--concurrency", type=int, default=1, help="jobs at a time on each worker (default: 1)")
    options = parser.parse_args()
    try:
        with launched(options.port, concurrency=options.concurrency) as site:
            print(
                f"GenAIOps: {site.address}\n{sign_in_lines(site)}\nLogs: {site.var_dir / 'log'}   End: Ctrl-C",
                flush=True,
            )
            while True:
                site.check()
                time.sleep(FOLLOW_SECONDS)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
