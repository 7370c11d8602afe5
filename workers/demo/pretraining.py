"""The base model: a few short trials, logged as any MLflow client logs, and the training at the rate that won.

The requests to MLflow's doors are plain HTTP here. The mlflow package sends the same ones (docs/mlflow.md).
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.demo.client import Client, DemoError, Refusal
from workers.tuning import base_model

DATA = Path(__file__).parent / "data"
EXPERIMENT = "Demo base: learning rates"
RATES = (3e-4, 1e-3, 3e-3)
STEPS = 20  # enough to tell the rates apart

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Best:
    """The trial that the portal's search names first, and how many are on record."""

    learning_rate: float
    loss: float
    runs: int


def texts() -> tuple[str, ...]:
    """The general text, a document a line."""
    return tuple(map(_document, (DATA / "general_text.txt").read_text(encoding="utf-8").splitlines()))


def _document(line: str) -> str:
    """A line of the general text; a question and its answer, which a tab parts, in the roles of a conversation."""
    question, tab, answer = line.partition("\t")
    if not tab:
        return line
    return f"{base_model.USER}{question}{base_model.EOS}{base_model.ASSISTANT}{answer}"


def build(folder: Path, rate: float, on_progress: Progress) -> base_model.Result:
    """Train the whole model into `folder`."""
    return base_model.build(base_model.Config(texts(), str(folder), learning_rate=rate), on_progress)


def tried(mlflow: Client, say: Callable[[str], None]) -> Best:
    """Try the learning rates, log each trial, and let the portal's search say which reached the lowest loss.

    Raises DemoError when the search does not agree with what was measured.
    """
    experiment = _experiment(mlflow)
    losses = {_trial(mlflow, experiment, rate): rate for rate in RATES}
    keys = ", ".join(f"'{key}'" for _, key in losses)
    first = _found(mlflow, experiment, filter=f"attributes.run_id IN ({keys})", order_by=["metrics.loss ASC"])[0]
    (loss, key), rate = min(losses.items())
    if first["info"]["run_id"] != key:
        raise DemoError(f"The search names {first['info']['run_name']}; the lowest loss was measured at {rate:g}.")
    for (measured, _), tried_rate in losses.items():
        say(f"learning rate {tried_rate:g}: loss {measured:.2f} after {STEPS} steps")
    return Best(rate, loss, len(_found(mlflow, experiment)))


def _experiment(mlflow: Client) -> str:
    """The experiment's id; on a second demo it is there already."""
    try:
        return str(mlflow.post("experiments/create", name=EXPERIMENT)["experiment_id"])
    except Refusal as refusal:
        if refusal.code != "experiment.exists":
            raise
    found = mlflow.get("experiments/get-by-name", experiment_name=EXPERIMENT)
    return str(found["experiment"]["experiment_id"])


def _trial(mlflow: Client, experiment: str, rate: float) -> tuple[float, str]:
    """Train for a few steps and log what was set and measured: the last loss, and the run's id."""
    began = _now()
    run = mlflow.post("runs/create", experiment_id=experiment, run_name=f"rate {rate:g}", start_time=began)
    key = run["run"]["info"]["run_id"]
    with tempfile.TemporaryDirectory() as folder:
        config = base_model.Config(texts(), folder, steps=STEPS, learning_rate=rate)
        built = base_model.build(config, lambda fraction, message: None)
    told = {"learning_rate": rate, "steps": STEPS, "batch_size": config.batch_size, "seed": config.seed}
    params = [{"key": name, "value": f"{value:g}"} for name, value in told.items()]
    readings = [_reading("loss", loss, step) for step, loss in built.loss_curve]
    metrics = [*readings, _reading("tokens_per_second", built.tokens_per_second, STEPS)]
    mlflow.post("runs/log-batch", run_id=key, params=params, metrics=metrics)
    mlflow.post("runs/update", run_id=key, status="FINISHED", end_time=_now())
    return built.last_loss, key


def _reading(name: str, value: float, step: int) -> dict[str, Any]:
    return {"key": name, "value": value, "step": step, "timestamp": _now()}


def _now() -> int:
    """Milliseconds since 1970, as MLflow counts."""
    return time.time_ns() // 1_000_000


def _found(mlflow: Client, experiment: str, **how: Any) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = mlflow.post("runs/search", experiment_ids=[experiment], **how)["runs"]
    return runs
