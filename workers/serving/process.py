"""One `transformers serve` process: started, asked whether it is well, and ended with everything it started.

Facts about `transformers serve` 5.23, found by reading and trying it:

* The model named as argument is loaded before the port opens, so an answer of /health means it is loaded; and every
  request is pinned to it (another `model` is refused with 400), though /load_model and /reset stay open to whoever
  reaches the port. It has no authentication. Hence 127.0.0.1 only, and only chat requests are to be passed on.
* A name with "@" or ":" is taken apart into revision and file. The folder is therefore reached by a link with a plain
  name, which is also the `model` that callers send; the reply's own `model` field says "<name>@main".
* /v1/models lists the hub cache, not the model served, and fails without a cache folder. The cache is an empty folder
  of our own.
* Weights in pickled formats would be loaded where safetensors are missing: `check_model_folder` refuses them before.
* A request without max_tokens may write 1024 tokens; callers should send their own bound.
* Requests are logged by path and status, never by content.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from workers.errors import EngineError

HOST = "127.0.0.1"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
# Past any proxy that the worker reaches the hub through: the server is on this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
CHILD = Path(__file__).with_name("child.py")
LOG_LINES = 200
PROBE_WAIT_S = 5.0
# What a server may know of the worker's environment: no secret key, no database address, no tokens.
KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
)


@dataclass(frozen=True)
class Command:
    """What to serve and how; paths are absolute."""

    model_dir: Path
    name: str
    work_dir: Path
    port: int
    device: str
    threads: int
    seed: int


class ServerProcess:
    """A running server in a process group of its own."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.url = f"http://{HOST}:{command.port}"
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        _link(command)
        self._process = subprocess.Popen(
            _arguments(command),
            cwd=command.work_dir,
            env=_environment(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id, which is the id of the process group too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    def log_tail(self) -> str:
        """The last lines that the server wrote."""
        return "\n".join(self._log)

    def is_healthy(self) -> bool:
        """Whether /health answers 200 within a few seconds."""
        try:
            with DIRECT.open(f"{self.url}/health", timeout=PROBE_WAIT_S) as reply:
                return bool(reply.status == 200)
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def can_answer(self, wait_s: float) -> bool:
        """Whether the model writes one token: a health check alone would pass with a model that cannot run."""
        body = {"model": self.command.name, "messages": [{"role": "user", "content": "?"}], "max_tokens": 1}
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with DIRECT.open(request, timeout=wait_s) as reply:
                return bool(json.load(reply)["object"] == "chat.completion")
        except (OSError, urllib.error.URLError, ValueError, KeyError):
            return False

    def stop(self, grace_s: float) -> None:
        """End the whole group: asked first, forced after the grace. Returns when nothing of it is left."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._reader.join(timeout=grace_s)
        if self._process.stdout:
            self._process.stdout.close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def _read_log(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        for line in stream:
            # The supervisor's own questions, one every few seconds, would push everything else out.
            if '"GET /health' not in line:
                self._log.append(line.rstrip())


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def check_name(name: str) -> None:
    """Raise EngineError("serving.name") unless the name is plain enough for the command line and for callers."""
    if not NAME.fullmatch(name):
        raise EngineError(
            "serving.name", f"{name!r} cannot name a served model: use letters, digits, dot, dash and underscore."
        )


def _link(command: Command) -> None:
    """A link with the served name in the server's working folder, and an empty hub cache beside it."""
    (command.work_dir / "hub" / "hub").mkdir(parents=True, exist_ok=True)
    link = command.work_dir / command.name
    if link.is_symlink():
        link.unlink()
    if link.exists():
        raise EngineError("serving.name", f"The working folder holds something else named {command.name!r}.")
    link.symlink_to(command.model_dir, target_is_directory=True)


def _arguments(command: Command) -> list[str]:
    # -P: the folder of child.py must not stand on the import path, where its neighbours would hide other modules.
    launcher = [sys.executable, "-P", str(CHILD), str(os.getpid())]
    serve = ["serve", command.name, "--host", HOST, "--port", str(command.port), "--device", command.device]
    return [*launcher, *serve, "--no-trust-remote-code", "--default-seed", str(command.seed)]


def _environment(command: Command) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "HF_HOME": str(command.work_dir / "hub"),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "DO_NOT_TRACK": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": str(command.threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONUNBUFFERED": "1",
    }
