"""The settings of a tuning run in plain words. What each does is explained in full in workers/tuning/config.py."""

from typing import Any, NamedTuple

from apps.core.formatting import number


class Setting(NamedTuple):
    """One setting as people read it: what it is called, its value, and what it means."""

    label: str
    value: str
    help: str


# name → label, unit behind the value, what it means
WORDS: dict[str, tuple[str, str, str]] = {
    "prompt_column": ("Column of the questions", "", "What the model is given."),
    "answer_column": ("Column of the answers", "", "What it learns to write."),
    "system_prompt": ("Standing instruction", "", "Put before every question."),
    "held_out_fraction": ("Rows kept from training", "share", "They measure what it has not learned by heart."),
    "rank": ("Size of the adapter (rank)", "", "How much the adapter can learn; larger needs more memory."),
    "alpha": ("Weight of the adapter (alpha)", "", "How strongly it changes the base model, divided by its rank."),
    "dropout": ("Connections left out at random", "share", "Against learning rows by heart."),
    "target_modules": ("Parts of the base that are changed", "", ""),
    "learning_rate": ("Learning rate", "", "How far each step moves the weights."),
    "epochs": ("Passes over the data", "", "How often each row is seen."),
    "max_steps": ("Most steps", "", "An end before all passes are done."),
    "batch_size": ("Rows a step", "rows", "Looked at together before the weights move."),
    "gradient_accumulation": ("Steps gathered before a move", "", "Stands for a larger number of rows a step."),
    "max_length": ("Longest row", "tokens", "What is longer is cut off; a token is about ¾ of a word."),
    "warmup": ("Slow beginning", "share", "Share of the steps in which the learning rate grows to its full size."),
    "weight_decay": ("Pull of the weights to zero", "", "Against weights that grow without need."),
    "max_grad_norm": ("Largest move of a step", "", "Larger ones are shortened, so that one odd row does no harm."),
    "precision": ("Precision of the numbers", "", "Fewer bits need less memory and are less exact."),
    "gradient_checkpointing": ("Memory saved by computing twice", "", ""),
    "save_steps": ("Saved every", "steps", "A run that was cut off goes on from there."),
    "eval_steps": ("Measured every", "steps", "On the rows kept from training."),
    "logging_steps": ("Noted every", "steps", "Loss and progress."),
    "seed": ("Seed", "", "The same seed gives the same order of rows and the same start."),
}


def settings_in_words(config: dict[str, Any]) -> list[Setting]:
    """The settings that have words here, in their order; the machine's own are left out."""
    return [
        Setting(label, _value(name, config[name], unit), meaning)
        for name, (label, unit, meaning) in WORDS.items()
        if config.get(name) not in (None, "")
    ]


def _value(name: str, value: Any, unit: str) -> str:
    if name == "max_steps" and isinstance(value, int) and value < 0:
        return "no limit"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if unit == "share":
        return f"{number(100 * value)} %"
    words = str(value) if name == "seed" else number(value)
    return f"{words} {unit}".strip()
