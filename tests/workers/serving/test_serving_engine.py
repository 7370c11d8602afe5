"""Serving for real: a process, a port, a chat over HTTP, and `kill -9`."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.workers.conftest import silent
from workers.errors import EngineError
from workers.serving import engine, process
from workers.serving.backoff import Backoff


@pytest.fixture
def config(tiny_base: Path, tmp_path: Path) -> engine.Config:
    return engine.Config(
        model_dir=str(tiny_base),
        work_dir=str(tmp_path / "work@1:x"),
        name="support-desk.v1",
        device="cpu",
        backoff_s=0.1,
        probe_every_s=0.5,
        tick_s=0.2,
    )


def _chat(url: str, model: str) -> dict[str, object]:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello?"}], "max_tokens": 5, "temperature": 0}
    request = urllib.request.Request(
        f"{url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def _members(group: int) -> list[int]:
    """Living processes of a process group."""
    found = []
    for one in psutil.process_iter():
        try:
            if os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def _wait(is_so: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


@pytest.mark.slow
def test_it_answers_comes_back_after_kill_and_leaves_nothing(config: engine.Config) -> None:
    ready: list[tuple[str, int]] = []
    replies: list[dict[str, object]] = []
    told: list[tuple[float, str]] = []

    def on_ready(url: str, pid: int) -> None:
        ready.append((url, pid))
        replies.append(_chat(url, config.name))
        if len(ready) == 1:
            os.kill(pid, signal.SIGKILL)

    result = engine.run(
        config, lambda fraction, message: told.append((fraction, message)), lambda: len(ready) == 2, on_ready
    )
    (url, first), (_, second) = ready
    assert first != second and result.restarts == 1 and result.starts == 2
    assert all(reply["object"] == "chat.completion" for reply in replies)
    assert replies[0]["choices"] == replies[1]["choices"]
    assert not _members(first) and not _members(second)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{url}/health", timeout=2)
    assert {fraction for fraction, _ in told} == {0.0, 1.0}
    assert any("starting again" in message for _, message in told)
    assert "Hello?" not in result.log_tail and "chat/completions" in result.log_tail


@pytest.mark.slow
def test_the_server_ends_with_a_killed_supervisor_and_keeps_to_its_model(config: engine.Config, tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        "import sys; from pathlib import Path; from workers.serving import engine\n"
        f"c = engine.Config(model_dir={config.model_dir!r}, work_dir={config.work_dir!r}, device='cpu', tick_s=0.2)\n"
        f"ready = lambda url, pid: Path({str(told)!r}).write_text(f'{{url}} {{pid}} .')\n"
        "engine.run(c, lambda f, m: None, lambda: False, ready)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script], env=os.environ | {"SECRET_KEY": "not-for-servers"})
    try:
        _wait(lambda: supervisor.poll() is not None or (told.exists() and told.read_text().endswith(".")))
        url, pid, _ = told.read_text().split()
        with pytest.raises(urllib.error.HTTPError) as refusal:
            _chat(url, "another/model")
        assert refusal.value.code == 400
        refusal.value.close()
        environment = psutil.Process(int(pid)).environ()
        assert "SECRET_KEY" not in environment and environment["HF_HUB_OFFLINE"] == "1"
        assert url.startswith("http://127.0.0.1:")
    finally:
        supervisor.kill()
        supervisor.wait()
    _wait(lambda: not _members(int(pid)), 10)


@pytest.mark.slow
def test_a_model_that_cannot_be_served_fails_with_the_servers_words(
    config: engine.Config, tiny_base: Path, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(tiny_base, tmp_path / "broken"))
    (broken / "config.json").write_text('{"model_type": "llama", "architectures": ["NoSuchArchitecture"]}')
    changed = engine.Config(model_dir=str(broken), work_dir=config.work_dir, max_restarts=1, backoff_s=0.1, tick_s=0.2)
    with pytest.raises(EngineError) as failure:
        engine.run(changed, silent, lambda: False, lambda url, pid: None)
    assert failure.value.code == "serving.died"
    assert "2 times" in failure.value.message and "NoSuchArchitecture" in failure.value.message


def test_a_cancellation_ends_the_server(config: engine.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    real_start = engine.ServerProcess.__init__

    def noting(self: process.ServerProcess, command: process.Command) -> None:
        real_start(self, command)
        started.append(self.pid)

    monkeypatch.setattr(engine.ServerProcess, "__init__", noting)

    def cancel(fraction: float, message: str) -> None:
        if started:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.run(config, cancel, lambda: False, lambda url, pid: None)
    assert len(started) == 1 and not _members(started[0])


@pytest.mark.parametrize("name", ["", "-rf", "a/b", "a@b", "a:b.gguf", "a b", "x" * 81])
def test_names_that_a_command_line_could_misread_are_refused(config: engine.Config, name: str) -> None:
    with pytest.raises(EngineError) as refusal:
        process.check_name(name)
    assert refusal.value.code == "serving.name"


def test_pickled_weights_are_not_served(tiny_base: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(EngineError) as refusal:
        engine.start(engine.Config(model_dir=str(folder), work_dir=str(tmp_path / "w")), silent)
    assert refusal.value.code == "model.pickle"


def test_a_taken_port_is_told(tiny_base: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((process.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EngineError) as refusal:
            engine.start(engine.Config(model_dir=str(tiny_base), work_dir=str(tmp_path / "w"), port=port), silent)
    assert refusal.value.code == "serving.port"


def test_pauses_grow_to_a_longest_and_end() -> None:
    backoff = Backoff(first_s=1, longest_s=5, limit=4)
    assert [backoff.pause() for _ in range(5)] == [1, 2, 4, 5, None]


def test_a_server_that_was_well_has_all_its_chances_again() -> None:
    backoff = Backoff(first_s=1, longest_s=5, limit=2)
    assert (backoff.pause(), backoff.pause()) == (1, 2)
    backoff.was_well()
    assert (backoff.pause(), backoff.pause(), backoff.pause()) == (1, 2, None)
