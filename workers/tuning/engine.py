"""LoRA supervised fine-tuning by TRL's SFTTrainer and PEFT: a base model and rows in, an adapter and a whole model out.

Method: E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021. The loss is the mean negative
log-likelihood, in nats, of the answer's tokens with their end token; the question's tokens are read, not learned.
Held-out rows are watched, never learned from, and choose nothing: no early stopping, no best checkpoint.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import set_seed
from trl import SFTTrainer

from workers.disk import told_when_full
from workers.loading import Loaded, load
from workers.model_files import file_digest, weights_digest
from workers.tuning import checkpoints
from workers.tuning.config import Config, check
from workers.tuning.energy import Energy, EnergyMeter
from workers.tuning.environment import Environment, describe
from workers.tuning.examples import Examples, prepare, record_split
from workers.tuning.progress import Reporter
from workers.tuning.training import build_trainer, checkpoint_to_resume, save

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Result:
    """What came out; losses in nats a token, curves as (optimizer step, loss)."""

    adapter_dir: str
    model_dir: str
    held_out_path: str
    split_path: str
    base_weights_sha256: str
    adapter_sha256: str
    model_weights_sha256: str
    data_sha256: str
    rows_total: int
    rows_trained: int
    rows_held_out: int
    rows_cut: int
    rows_left_out: int
    parameters_total: int
    parameters_trainable: int
    steps: int
    resumed_from_step: int
    tokens_seen: int
    tokens_per_second: float
    train_seconds: float
    train_loss_curve: list[tuple[int, float]]
    eval_loss_curve: list[tuple[int, float]]
    chat_template: str
    energy: Energy
    environment: Environment
    seed: int
    repeatable: bool


@dataclass(frozen=True)
class _Trained:
    """A finished training with what the account of it needs."""

    trainer: SFTTrainer
    resumed_from_step: int
    tokens_before: int
    seconds: float
    parameters_total: int
    parameters_trainable: int
    energy: Energy


def run(config: Config, on_progress: Progress) -> Result:
    """Tune, save adapter and merged model, and account for it.

    Raises EngineError for a bad model (see `workers.loading`), bad rows (see `workers.rows`), config.invalid,
    energy.country, disk.full.
    """
    check(config)
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    on_progress(0.0, "Loading the base model")
    loaded = load(config.base, config.device)
    examples = prepare(config, loaded)
    with told_when_full():
        record_split(config, examples)
        trained = _train(config, loaded, examples, on_progress)
    on_progress(0.99, "Recording what was done")
    return _result(config, loaded, examples, trained)


def _train(config: Config, loaded: Loaded, examples: Examples, on_progress: Progress) -> _Trained:
    resume_from = checkpoint_to_resume(config, loaded, examples)
    # Read now: the trainer removes old checkpoints as it writes new ones.
    step = checkpoints.step_of(resume_from) if resume_from else 0
    tokens_before = checkpoints.tokens_of(resume_from) if resume_from else 0
    meter = EnergyMeter(
        Path(config.work_dir) / "energy", config.country_iso_code, country_assumed=config.country_assumed
    )
    trainer = build_trainer(config, loaded, examples, Reporter(on_progress, meter.note))
    trainable, with_adapter = trainer.model.get_nb_trainable_parameters()
    meter.start()
    began = time.monotonic()
    try:
        if resume_from:
            on_progress(0.05, f"Continuing from step {step}")
        trainer.train(resume_from_checkpoint=str(resume_from) if resume_from else None)
        seconds = time.monotonic() - began
        on_progress(0.97, "Merging the adapter into the model")
        save(config, loaded, trainer)
    finally:
        # Also when cancelled: the meter's thread must end, and what was used was used.
        energy = meter.stop()
    return _Trained(trainer, step, tokens_before, seconds, with_adapter, trainable, energy)


def _result(config: Config, loaded: Loaded, examples: Examples, trained: _Trained) -> Result:
    output, state = Path(config.output_dir), trained.trainer.state
    return Result(
        adapter_dir=str(output / "adapter"),
        model_dir=str(output / "model"),
        held_out_path=str(output / "held_out.jsonl"),
        split_path=str(output / "split.json"),
        base_weights_sha256=loaded.weights_sha256,
        adapter_sha256=file_digest(output / "adapter" / "adapter_model.safetensors"),
        model_weights_sha256=weights_digest(output / "model"),
        data_sha256=file_digest(Path(config.data_path)),
        rows_total=examples.total,
        rows_trained=len(examples.train_set),
        rows_held_out=len(examples.held_out),
        rows_cut=examples.cut,
        rows_left_out=examples.left_out,
        parameters_total=trained.parameters_total,
        parameters_trainable=trained.parameters_trainable,
        steps=state.global_step,
        resumed_from_step=trained.resumed_from_step,
        tokens_seen=int(state.num_input_tokens_seen),
        tokens_per_second=(state.num_input_tokens_seen - trained.tokens_before) / trained.seconds,
        train_seconds=trained.seconds,
        train_loss_curve=[(point["step"], point["loss"]) for point in state.log_history if "loss" in point],
        eval_loss_curve=[(point["step"], point["eval_loss"]) for point in state.log_history if "eval_loss" in point],
        chat_template="the model's own" if loaded.has_own_template else "GenAIOps' plain question and answer",
        energy=trained.energy,
        environment=describe(loaded.device),
        seed=config.seed,
        repeatable=loaded.device == "cpu" and config.precision == "float32",
    )
