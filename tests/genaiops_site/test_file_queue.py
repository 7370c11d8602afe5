"""The message broker in files: whoever looks finds whole messages or none, and the settings choose it."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.transport.virtual import BrokerState

from genaiops_site.file_queue import Transport
from genaiops_site.launch import BASE_DIR

NUMBER = 200
BODY = {"run": "x" * 20_000}  # several writes long


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A broker of its own: what a process knows of queues is shared by all its connections otherwise."""
    monkeypatch.setattr(Transport, "global_state", BrokerState())
    (tmp_path / "messages").mkdir()
    (tmp_path / "control").mkdir()
    folders = {"data_folder_in": tmp_path / "messages", "data_folder_out": tmp_path / "messages"}
    options: dict[str, Any] = {name: str(folder) for name, folder in folders.items()} | {
        "control_folder": str(tmp_path / "control")
    }
    options["polling_interval"] = 0.05
    return Connection("filesystem://localhost//", transport=Transport, transport_options=options)


def looked(folder: Path, until: int) -> int:
    """Read what can be seen, again and again, until so many messages are there. Raises for one that is not JSON."""
    seen = 0
    while seen < until:
        found = list(folder.glob("*.msg"))
        seen = len(found)
        for path in found[-3:]:
            json.loads(path.read_text())
    return seen


def test_a_message_is_never_seen_before_it_is_whole(connection: Connection, tmp_path: Path) -> None:
    channel = connection.channel()
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(looked, tmp_path / "messages", NUMBER)
        for _ in range(NUMBER):
            channel._put("cpu", BODY)
        assert reader.result(60) == NUMBER
    assert not list((tmp_path / "messages").glob("*.part"))


def test_what_is_sent_arrives_in_order(connection: Connection) -> None:
    queue = Queue("cpu", Exchange("cpu"), routing_key="cpu")
    got: list[Any] = []

    def receive(body: Any, message: Any) -> None:
        got.append(body)
        message.ack()

    with connection, connection.Producer() as producer, connection.Consumer(queue, callbacks=[receive]):
        for number in range(3):
            producer.publish(number, exchange=queue.exchange, routing_key="cpu", declare=[queue])
        while len(got) < 3:
            connection.drain_events(timeout=60)
    assert sorted(got) == [0, 1, 2]


@pytest.mark.parametrize(("url", "is_ours"), [("filesystem://localhost//", True), ("memory://", False)])
def test_the_settings_choose_it_for_files_alone(tmp_path: Path, url: str, is_ours: bool) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "CELERY_BROKER_URL": url}
    code = "from genaiops_site.celery import app; print(type(app.connection_for_write().transport).__module__)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert (done.stdout.strip() == "genaiops_site.file_queue") is is_ours, done.stderr


ROUNDS, WORKERS = 10, 4
BINDS = """
import sys, time
from genaiops_site.file_queue import Transport
from kombu import Connection

messages, control, number, rounds = sys.argv[1:]


def slow(event, args):  # a moment before each file is opened, as on a busy machine: others come in between
    if event == "open" and control in str(args[0]):
        time.sleep(0.001)


sys.addaudithook(slow)
options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": control}
channel = Connection("filesystem://localhost//", transport=Transport, transport_options=options).channel()
print("ready", flush=True)
start = float(sys.stdin.readline())
for turn in range(int(rounds)):
    while time.time() < start + turn / 50:  # all of them begin each table at one moment
        pass
    channel._queue_bind(f"jobs-{turn}", "", "", f"queue-{number}")
    channel._queue_bind(f"jobs-{turn}", "", "", f"gone-{number}")
    assert all(bound.queue for bound in channel.get_table(f"jobs-{turn}"))
    channel._delete(f"gone-{number}", f"jobs-{turn}", "", "")
"""


def test_workers_that_start_at_once_on_an_empty_folder_lose_no_binding(tmp_path: Path) -> None:
    control = tmp_path / "control"
    (tmp_path / "messages").mkdir()
    command = [sys.executable, "-c", BINDS, str(tmp_path / "messages"), str(control)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    workers = [
        subprocess.Popen([*command, str(number), str(ROUNDS)], cwd=BASE_DIR, text=True, **pipes)
        for number in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    start = f"{time.time() + 0.1}\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(start)
        worker.stdin.flush()
    ended = [worker.communicate(timeout=60) for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * WORKERS, ended
    wanted = {f"queue-{number}" for number in range(WORKERS)}
    for turn in range(ROUNDS):
        assert {queue for _, _, queue in json.loads((control / f"jobs-{turn}.exchange").read_text())} == wanted
    assert not list(control.glob("*.part"))


def test_an_empty_table_of_before_is_taken_for_none(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "control" / "jobs.exchange").touch()
    channel = connection.channel()
    assert channel.get_table("jobs") == []
    channel._queue_bind("jobs", "", "", "cpu")
    assert [bound.queue for bound in channel.get_table("jobs")] == ["cpu"]
