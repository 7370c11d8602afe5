"""From rows to training examples, with the split recorded so that the evaluation meets the same unseen rows."""

import json
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset

from workers import conversation, rows
from workers.errors import EngineError
from workers.loading import Loaded
from workers.rows import Row
from workers.tuning.config import Config


@dataclass(frozen=True)
class Examples:
    """The rows on both sides, as read and as tokens."""

    total: int
    training: list[Row]
    held_out: list[Row]
    train_set: Dataset
    eval_set: Dataset
    cut: int
    left_out: int


def prepare(config: Config, loaded: Loaded) -> Examples:
    """Read, split and tokenize.

    Raises EngineError: those of `workers.rows`, and data.too_long when no row leaves room for an answer.
    """
    given = rows.read_rows(Path(config.data_path), config.prompt_column, config.answer_column)
    if config.held_out_path:
        asked = rows.read_rows(Path(config.held_out_path), config.prompt_column, config.answer_column)
        training, held_out = rows.without_questions(given, asked)
    else:
        training, held_out = rows.split(given, config.held_out_fraction, config.seed)
    examples = [example for row in training if (example := _example(config, loaded, row))]
    watched = [example for row in held_out if (example := _example(config, loaded, row))]
    if not examples or not watched:
        raise EngineError("data.too_long", f"No row leaves room for an answer in {config.max_length} tokens.")
    return Examples(
        total=len(given),
        training=training,
        held_out=held_out,
        train_set=Dataset.from_list([{key: example[key] for key in ("input_ids", "labels")} for example in examples]),
        eval_set=Dataset.from_list([{key: example[key] for key in ("input_ids", "labels")} for example in watched]),
        cut=sum(len(example["input_ids"]) == config.max_length for example in examples),
        left_out=len(given) - len(examples) - (0 if config.held_out_path else len(held_out)),
    )


def _example(config: Config, loaded: Loaded, row: Row) -> dict[str, list[int]] | None:
    """Tokens and labels of a row, or None when the question alone fills the length. -100 marks what is not learned."""
    encoded = conversation.encode(loaded.tokenizer, row.prompt, row.answer, config.system_prompt)
    if encoded.answer_start >= config.max_length:
        return None
    labels = [-100] * encoded.answer_start + encoded.ids[encoded.answer_start :]
    return {"input_ids": encoded.ids[: config.max_length], "labels": labels[: config.max_length]}


def record_split(config: Config, examples: Examples) -> tuple[Path, Path]:
    """Write held_out.jsonl (the unseen rows themselves) and split.json (index and digest of every row)."""
    output = Path(config.output_dir)
    output.mkdir(parents=True, exist_ok=True)
    held_out, split = output / "held_out.jsonl", output / "split.json"
    rows.write_rows(held_out, examples.held_out, config.prompt_column, config.answer_column)
    sides = {"training": examples.training, "held_out": examples.held_out}
    facts = {side: [{"index": row.index, "sha256": row.digest} for row in members] for side, members in sides.items()}
    split.write_text(json.dumps({"seed": config.seed, **facts}, indent=1), encoding="utf-8")
    return held_out, split
