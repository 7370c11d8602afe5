"""Tells how a training run goes, keeps the energy figures, and marks each checkpoint that is whole."""

import time
from collections.abc import Callable
from pathlib import Path

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from workers.tuning import checkpoints

# Training takes the middle of the bar; loading stands before it, merging and saving after.
FIRST, LAST = 0.05, 0.95


class Reporter(TrainerCallback):
    """Calls `on_progress` about once a second; what that raises (a cancellation) ends the training."""

    def __init__(self, on_progress: Callable[[float, str], None], note_energy: Callable[[], None]) -> None:
        self._on_progress = on_progress
        self._note_energy = note_energy
        self._told_at = 0.0
        self._loss = ""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: object,
    ) -> None:
        """Remember the newest losses for the message."""
        logs = logs or {}
        if "loss" in logs:
            self._loss = f", loss {logs['loss']:.3f}"
        if "eval_loss" in logs:
            self._loss = f", held-out loss {logs['eval_loss']:.3f}"

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Tell progress, at most once a second and always at the last step."""
        now = time.monotonic()
        if now - self._told_at < 1.0 and state.global_step < state.max_steps:
            return
        self._told_at = now
        fraction = FIRST + (LAST - FIRST) * state.global_step / max(1, state.max_steps)
        seen = f"{state.num_input_tokens_seen:,}".replace(",", " ")
        self._on_progress(fraction, f"Step {state.global_step} of {state.max_steps}{self._loss}, {seen} tokens seen")

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object) -> None:
        """The trainer has written everything: note the energy so far, then mark the checkpoint complete."""
        self._note_energy()
        folder = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
        checkpoints.mark_complete(folder, {"tokens_seen": state.num_input_tokens_seen})
