"""`kill -9` in the middle of a tuning run, and what the next attempt makes of it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.workers.conftest import qa_rows, silent
from workers.tuning import checkpoints, engine

RUN = """
import json, sys
from workers.tuning import engine
config = json.loads(sys.argv[1])
config["modules_to_save"] = tuple(config["modules_to_save"])
engine.run(engine.Config(**config), lambda fraction, message: None)
"""


@pytest.fixture
def config(tiny_base: Path, tmp_path: Path, write_jsonl: Callable[..., Path]) -> engine.Config:
    return engine.Config(
        base=str(tiny_base),
        data_path=str(write_jsonl(qa_rows())),
        output_dir=str(tmp_path / "out"),
        work_dir=str(tmp_path / "work"),
        rank=4,
        max_steps=150,
        save_steps=10,
        eval_steps=50,
        max_length=96,
        threads=1,
        device="cpu",
    )


def _kill_after_first_checkpoint(config: engine.Config) -> None:
    process = subprocess.Popen([sys.executable, "-c", RUN, json.dumps(asdict(config))])
    folder, until = Path(config.work_dir) / "checkpoints", time.monotonic() + 120
    try:
        while not list(folder.glob(f"checkpoint-*/{checkpoints.MARKER}")):
            assert process.poll() is None and time.monotonic() < until, "it ended before its first checkpoint"
            time.sleep(0.02)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_a_killed_run_completes_from_its_last_checkpoint(config: engine.Config, tmp_path: Path) -> None:
    _kill_after_first_checkpoint(config)
    assert not (Path(config.output_dir) / "model").exists()
    resumed = engine.run(config, silent)
    assert resumed.resumed_from_step >= 10
    assert resumed.resumed_from_step % 10 == 0
    assert resumed.steps == 150
    # What the killed attempt used is in the account.
    assert resumed.energy.attempts == 2
    whole = engine.run(replace(config, output_dir=str(tmp_path / "out2"), work_dir=str(tmp_path / "work2")), silent)
    assert whole.resumed_from_step == 0
    assert whole.tokens_seen == resumed.tokens_seen
    assert whole.train_loss_curve == resumed.train_loss_curve
    assert whole.model_weights_sha256 == resumed.model_weights_sha256


def test_a_half_written_checkpoint_does_not_count(tmp_path: Path) -> None:
    assert checkpoints.prepare(tmp_path / "c", "print") is None
    for step in (5, 10, 100):
        (tmp_path / "c" / f"checkpoint-{step}").mkdir()
    for step in (5, 10):
        checkpoints.mark_complete(tmp_path / "c" / f"checkpoint-{step}", {"tokens_seen": step * 7})
    found = checkpoints.prepare(tmp_path / "c", "print")
    assert found and checkpoints.step_of(found) == 10 and checkpoints.tokens_of(found) == 70
    assert not (tmp_path / "c" / "checkpoint-100").exists()
    assert checkpoints.prepare(tmp_path / "c", "another") is None
    assert not list((tmp_path / "c").glob("checkpoint-*"))
