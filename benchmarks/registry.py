"""What MLflow's unmodified client waits for: this portal beside a real MLflow server, on one PostgreSQL, in one run."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import postgres
from benchmarks.registry_steps import NAME
from benchmarks.results import Figure, Section

SIZES = (1, 4_500, 100_000)
ROUNDS = 2  # of both servers in turn, so that what else the machine does meets both; the better round counts
RATIO_GOAL = 5.0
FLAT_GOAL = 1.5
OURS, THEIRS, NOBODY = "this portal", "MLflow", "nobody"  # nobody: a server that only sends again what ours sent
LEAST_TOLD = 0.05  # ms: what is less than this cannot be told from nothing


def measure() -> Section:
    """Median times of five calls at three sizes, from both servers in turn."""
    with tempfile.TemporaryDirectory() as folder, postgres.served("ours", "theirs") as port:
        with _portal(Path(folder), port) as (address, env), _mlflow(Path(folder), port) as other:
            sides = {OURS: (address, env), THEIRS: (other, dict(os.environ))}
            for where, its_env in sides.values():
                _step(its_env, "first", where, NAME)
                _step(its_env, "first", where, "warm-up")
                _step(its_env, "calls", where, "warm-up")  # counts for neither: a site starts once
            found = {size: _at(size, sides, port) for size in SIZES}
    calls = list(found[SIZES[0]][OURS])
    figures = [figure for call in calls for figure in _figures(call, found)]
    figures += [_apart(call, size, sides) for call in calls for size, sides in found.items()]
    about = (
        "Median milliseconds that a script waits for one call of `MlflowClient` 3.17, its own work included; one client"
        " process, one worker each (gunicorn with threads; `mlflow server --workers 1`), one PostgreSQL with its own"
        " settings. Sizes are versions of one model, put into both tables in bulk. Search: 20 versions of one model."
        f" Log-batch: 100 metrics. The better of {ROUNDS} rounds, after one that counts for neither. Creating adds"
        " versions, so each round that begins with 1 has a model of its own. “Apart from the client” is what is"
        " left of each wait without the time that the same calls take beside a server that sends the portal's answers"
        " again at once: no server can be faster for this client than that."
    )
    return Section("MLflow's client", about, figures)


def _figures(call: str, found: dict[int, dict[str, dict[str, float]]]) -> Iterator[Figure]:
    for size, sides in found.items():
        mine, other = sides[OURS][call], sides[THEIRS][call]
        ratio = other / mine
        value = f"{mine:.1f} ms, MLflow {other:.1f} ms (× {ratio:.1f})"
        how = _versions(size)
        yield Figure(f"{call}, {how}", value, how, f"× {RATIO_GOAL:g} or more", ratio >= RATIO_GOAL)
    small, large = found[SIZES[0]][OURS][call], found[SIZES[-1]][OURS][call]
    growth = large / small
    yield Figure(
        f"{call}, growth",
        f"× {growth:.2f}",
        "from the fewest to the most",
        f"× {FLAT_GOAL} or less",
        growth <= FLAT_GOAL,
    )


def _apart(call: str, size: int, sides: dict[str, dict[str, float]]) -> Figure:
    """What the servers themselves make a script wait for, and what it waits for its own client."""
    alone = sides[NOBODY][call]
    mine, other = (max(sides[side][call] - alone, LEAST_TOLD) for side in (OURS, THEIRS))
    value = f"{mine:.1f} ms, MLflow {other:.1f} ms (× {other / mine:.1f}); the client alone {alone:.1f} ms"
    best = sides[THEIRS][call] / alone
    return Figure(f"{call}, {_versions(size)}, apart from the client", value, f"× {best:.1f} is the most there can be")


def _versions(size: int) -> str:
    return f"{size:,} version{'s' if size > 1 else ''}".replace(",", " ")


def _at(size: int, sides: Mapping[str, tuple[str, dict[str, str]]], port: int) -> dict[str, dict[str, float]]:
    if size > 1:
        _step(sides[OURS][1], "ours", str(size))
        _step(dict(os.environ), "theirs", str(size), f"postgresql://postgres@127.0.0.1:{port}/theirs")
    found: dict[str, dict[str, float]] = {}
    with _replay(sides[OURS][0]) as nobody:
        asked = {**sides, NOBODY: (nobody, sides[OURS][1])}
        for place in range(ROUNDS):
            name = NAME if size > 1 else f"{NAME} {place}"
            for where, env in sides.values() if size == 1 else ():
                _step(env, "first", where, name)
            for side, (address, env) in asked.items():
                times = json.loads(_step(env, "calls", address, name))
                before = found.get(side, times)
                found[side] = {call: min(taken, before[call]) for call, taken in times.items()}
                print(f"  {side}, {size} versions: {times}", flush=True)
    return found


def _step(env: Mapping[str, str], *given: str) -> str:
    command = [sys.executable, "-m", "benchmarks.registry_steps", *given]
    done = subprocess.run(command, env=dict(env), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().rpartition("\n")[2]


@contextmanager
def _portal(folder: Path, port: int) -> Iterator[tuple[str, dict[str, str]]]:
    """The portal as a served site starts it, with one worker; its address, and the environment of its person."""
    web = postgres.free_port()
    (folder / "var" / "static").mkdir(parents=True)
    database = f"postgres://postgres@127.0.0.1:{port}/ours"
    env = os.environ | {"VAR_DIR": str(folder / "var"), "DATABASE_URL": database, "LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=env)
    env["MLFLOW_TRACKING_TOKEN"] = _step(env, "prepare")
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "8", "--no-control-socket"]
    with _running([*command, "--bind", f"127.0.0.1:{web}", "genaiops_site.wsgi:application"], env, web):
        yield f"http://127.0.0.1:{web}", env


@contextmanager
def _mlflow(folder: Path, port: int) -> Iterator[str]:
    """A real MLflow server on the same database server, as its documentation starts it; its address."""
    web = postgres.free_port()
    env = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", str(web)]
    command += ["--backend-store-uri", f"postgresql+psycopg://postgres@127.0.0.1:{port}/theirs"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with _running(command, env, web):
        yield f"http://127.0.0.1:{web}"


@contextmanager
def _replay(upstream: str) -> Iterator[str]:
    """A server that sends the portal's answers again at once; its address."""
    web = postgres.free_port()
    command = [sys.executable, "-m", "benchmarks.replay", str(web), upstream.removeprefix("http://")]
    with _running(command, os.environ, web):
        yield f"http://127.0.0.1:{web}"


@contextmanager
def _running(command: list[str], env: Mapping[str, str], port: int) -> Iterator[None]:
    """A server from its command until it answers /health, and until it is ended with all it started."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=dict(env), start_new_session=True, **quiet)
    try:
        until = time.monotonic() + 180
        while not _answers(f"http://127.0.0.1:{port}/health"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{' '.join(command[:4])} did not answer")
            time.sleep(0.2)
        yield
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    from genaiops_site.launch import end_with_descendants

    end_with_descendants([process])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
