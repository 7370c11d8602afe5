"""A language model served over HTTP by a supervised `transformers serve` process.

The supervisor starts it, waits until it has written a first token, watches it, starts it again when it dies, with
growing pauses, and ends it with everything it started. OpenAI's wire format: POST <url>/v1/chat/completions with
`model` set to the served name.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workers.errors import EngineError
from workers.model_files import check_model_folder, weights_digest
from workers.serving.backoff import Backoff
from workers.serving.process import Command, ServerProcess, check_name, free_port, is_free

Progress = Callable[[float, str], None]
Ready = Callable[[str, int], None]

STARTING, READY, WAITING, STOPPED, FAILED = "starting", "ready", "waiting", "stopped", "failed"


@dataclass(frozen=True)
class Config:
    """One deployment of one model folder."""

    model_dir: str  # checked folder of safetensors
    work_dir: str  # of this deployment alone: the link to the model and an empty hub cache
    name: str = "model"  # what callers send as `model`; letters, digits, dot, dash, underscore
    port: int = 0  # 0 takes a free one and keeps it over restarts while it stays free
    device: str = "auto"  # as `transformers serve` takes it: auto, cpu, cuda, cuda:1
    threads: int = 1  # torch threads; one leaves a core for whatever else serves or trains here
    seed: int = 20  # sampling, where a caller asks for it without a seed of their own
    start_timeout_s: float = 300.0  # loading a large model from a slow disk takes minutes
    answer_timeout_s: float = 60.0  # one token, on a machine that is busy
    probe_every_s: float = 5.0  # how soon a server that hangs is noticed
    failed_probes: int = 6  # in a row; a server that writes long answers may be late for one
    max_restarts: int = 5  # in a row; then the fault is not chance and a person must look
    backoff_s: float = 1.0  # first pause before a restart; doubles each time
    backoff_max_s: float = 30.0  # longest pause
    stable_after_s: float = 60.0  # a server that lived this long is well again: the count of restarts starts anew
    grace_s: float = 5.0  # from asking to forcing at the stop
    tick_s: float = 1.0  # how often `run` tells progress and looks whether to stop


@dataclass(frozen=True)
class Status:
    """What a look at the deployment shows. `url` and `pid` are empty and 0 unless it is ready."""

    state: str
    url: str
    pid: int
    restarts: int
    message: str


@dataclass(frozen=True)
class Result:
    """What remains of a deployment that was stopped."""

    url: str
    name: str
    weights_sha256: str
    restarts: int
    starts: int
    ready_seconds: float
    first_ready_after_s: float
    stopped_because: str
    log_tail: str


class Handle:
    """A deployment under supervision. Not shared between threads: one thread polls and stops it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._model_dir = Path(config.model_dir).resolve()
        self._work_dir = Path(config.work_dir).resolve()
        self._port = config.port or free_port()
        self._server: ServerProcess | None = None
        self._state = STARTING
        self._message = ""
        self._log = ""
        self._began = time.monotonic()
        self._started_at = 0.0
        self._ready_at = 0.0
        self._retry_at = 0.0
        self._probed_at = 0.0
        self._missed = 0
        self._backoff = Backoff(config.backoff_s, config.backoff_max_s, config.max_restarts)
        self.restarts = 0
        self.starts = 0
        self.ready_seconds = 0.0
        self.first_ready_after_s = 0.0
        self.weights_sha256 = weights_digest(self._model_dir)
        self._start()

    @property
    def url(self) -> str:
        """Where the server listens, or last listened."""
        return self._server.url if self._server else ""

    def log_tail(self) -> str:
        """The last lines of the server that runs, or of the one that died last."""
        return self._server.log_tail() if self._server else self._log

    def poll(self) -> Status:
        """Look once, act once: notice a death or a first answer, or start again when the pause is over."""
        if self._state == WAITING and time.monotonic() >= self._retry_at:
            self._start()
        elif self._state == STARTING:
            self._look_at_start()
        elif self._state == READY:
            self._look_at_health()
        is_ready = self._state == READY and self._server is not None
        pid = self._server.pid if is_ready and self._server else 0
        return Status(self._state, self.url if is_ready else "", pid, self.restarts, self._message)

    def stop(self) -> None:
        """End the server and everything it started; harmless when repeated."""
        self._end_server()
        if self._state != FAILED:
            self._state, self._message = STOPPED, "Stopped"

    def _start(self) -> None:
        if not is_free(self._port):
            if self._config.port:
                raise EngineError("serving.port", f"Port {self._port} is taken by another program.")
            self._port = free_port()
        command = Command(
            model_dir=self._model_dir,
            name=self._config.name,
            work_dir=self._work_dir,
            port=self._port,
            device=self._config.device,
            threads=self._config.threads,
            seed=self._config.seed,
        )
        self._server = ServerProcess(command)
        self.starts += 1
        self._started_at, self._missed = time.monotonic(), 0
        self._state, self._message = STARTING, "Loading the model"

    def _look_at_start(self) -> None:
        server = self._server
        if server is None or server.exit_code is not None:
            self._died("while loading the model")
        elif server.is_healthy() and server.can_answer(self._config.answer_timeout_s):
            self._ready_at = self._probed_at = time.monotonic()
            self.first_ready_after_s = self.first_ready_after_s or self._ready_at - self._began
            self._state, self._message = READY, f"Answering at {server.url}"
        elif time.monotonic() - self._started_at > self._config.start_timeout_s:
            self._died(f"by not answering within {self._config.start_timeout_s:.0f} s")

    def _look_at_health(self) -> None:
        server, now = self._server, time.monotonic()
        if server is None or server.exit_code is not None:
            self._died(f"with exit code {server.exit_code if server else None}")
            return
        if now - self._ready_at > self._config.stable_after_s:
            self._backoff.was_well()
        if now - self._probed_at < self._config.probe_every_s:
            return
        self._missed = 0 if server.is_healthy() else self._missed + 1
        self._probed_at = time.monotonic()
        if self._missed >= self._config.failed_probes:
            self._died(f"by not answering {self._missed} health checks")

    def _died(self, how: str) -> None:
        self._end_server()
        pause = self._backoff.pause()
        if pause is None:
            self._state = FAILED
            self._message = f"The server ended {how}, {self._config.max_restarts + 1} times in a row"
            return
        self.restarts += 1
        self._retry_at = time.monotonic() + pause
        self._state, self._message = WAITING, f"The server ended {how}; starting again in {pause:.0f} s"

    def _end_server(self) -> None:
        if self._server is None:
            return
        if self._state == READY:
            self.ready_seconds += time.monotonic() - self._ready_at
        self._server.stop(self._config.grace_s)
        self._log = self._server.log_tail()
        self._server = None


def start(config: Config, on_progress: Progress) -> Handle:
    """Check the folder and start the server; returns at once, `poll` tells when it is ready.

    Raises EngineError: those of `check_model_folder`, serving.name, serving.port.
    """
    check_name(config.name)
    check_model_folder(Path(config.model_dir))
    Path(config.work_dir).mkdir(parents=True, exist_ok=True)
    on_progress(0.0, "Starting the server")
    return Handle(config)


def run(config: Config, on_progress: Progress, should_stop: Callable[[], bool], on_ready: Ready) -> Result:
    """Serve until `should_stop` says so; about every second `on_progress`, at every (re)start `on_ready(url, pid)`.

    Progress is 1.0 while the model answers and 0.0 while it does not. What a callback raises ends the server too.
    Raises EngineError("serving.died") with the end of the log when the server dies again and again.
    """
    handle = start(config, on_progress)
    pid, url = 0, ""
    try:
        while not should_stop():
            status = handle.poll()
            if status.state == FAILED:
                raise EngineError("serving.died", f"{status.message}. Last lines: {handle.log_tail()[-1500:]}")
            if status.pid and status.pid != pid:
                pid, url = status.pid, status.url
                on_ready(url, pid)
            on_progress(1.0 if status.state == READY else 0.0, status.message)
            time.sleep(config.tick_s)
    finally:
        handle.stop()
    return Result(
        url=url,
        name=config.name,
        weights_sha256=handle.weights_sha256,
        restarts=handle.restarts,
        starts=handle.starts,
        ready_seconds=handle.ready_seconds,
        first_ready_after_s=handle.first_ready_after_s,
        stopped_because="asked to stop",
        log_tail=handle.log_tail(),
    )
