"""A broker that goes away while the site runs: nothing is lost, and nobody has to do anything."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genaiops_site.launch import launched
from tests.end_to_end.world import QUICK, people, wait_until
from tests.servers import GET_REDIS, answers, free_port

pytestmark = [pytest.mark.slow, pytest.mark.redis]
Server = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def port() -> int:
    if shutil.which("redis-server") is None:
        pytest.skip(GET_REDIS)
    return free_port()


@pytest.fixture(scope="module")
def start_redis(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """Starts the broker, each time on the same port."""
    started: list[Server] = []

    def start() -> Server:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        started.append(subprocess.Popen(command, cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL))
        wait_until(lambda: answers(port), 15, "Redis")
        return started[-1]

    yield start
    for server in started:
        server.kill()
        server.wait()


def test_a_run_waits_in_the_database_until_the_broker_is_back(
    port: int,
    start_redis: Callable[[], Server],
    tmp_path: Path,
    questions: Path,
    own_site: Callable[[Path], dict[str, str]],
) -> None:
    broker = start_redis()
    own = own_site(tmp_path) | QUICK | {"CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0"}
    with launched(workers=("cpu",), env=own) as site, people(site) as world:
        version = world.upload("Questions", questions)
        wait_until(lambda: "ready." in site.log_path("worker-cpu").read_text(), 60, "the worker")
        broker.kill()
        broker.wait()
        run = world.olga.post(f"dataset-versions/{version}/scans/")
        waiting = world.run(run)
        assert (waiting["state"], waiting["message"]) == (
            "queued",
            "Waiting for the message broker; nothing is lost.",
        )
        start_redis()
        done = world.ended(run)
        assert (done["state"], done["attempts"]) == ("succeeded", 1), done["error"]
