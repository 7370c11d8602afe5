"""Our tuning engine beside the plain Hugging Face Trainer: same base, same tokens, same adapter, same steps."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.results import Figure, Section

ROUNDS, STEPS = 3, 60
DATA = Path("workers/demo/data")


def measure() -> Section:
    """Both in turn, ROUNDS times, in this process; medians."""
    from workers.tuning import base_model

    with tempfile.TemporaryDirectory() as folder:
        texts = tuple((DATA / "general_text.txt").read_text(encoding="utf-8").splitlines())
        base_model.build(base_model.Config(texts=texts, output_dir=f"{folder}/base", steps=20), lambda _, __: None)
        ours, plain = [], []
        for number in range(ROUNDS):
            config = _config(folder, number)
            ours.append(_ours(config))
            plain.append(_plain(config))
    mine, theirs = statistics.median(ours), statistics.median(plain)
    how = f"median of {ROUNDS} rounds of {STEPS} steps, in turn; tokens without padding"
    figures = [
        Figure("GenAIOps engine", f"{mine:,.0f} tokens/s", how),
        Figure("Plain transformers.Trainer with PEFT", f"{theirs:,.0f} tokens/s", how),
        Figure(
            "Ours ÷ plain", f"× {mine / theirs:.2f}", "energy, checkpoints, held-out losses and progress are in ours"
        ),
    ]
    return Section("Tuning", "LoRA on the demo's base model and data, CPU, all cores.", figures)


def _config(folder: str, number: int):  # noqa: ANN202 - the engine's own Config, imported where torch may be
    from workers.tuning.config import Config

    work = Path(folder) / f"round-{number}"
    return Config(
        base=f"{folder}/base",
        data_path=str(DATA / "support_desk.jsonl"),
        output_dir=str(work / "output"),
        work_dir=str(work / "work"),
        max_steps=STEPS,
        eval_steps=STEPS,
        save_steps=STEPS,
        threads=os.cpu_count() or 1,
    )


def _ours(config) -> float:  # noqa: ANN001
    from workers.tuning import engine

    return engine.run(config, lambda _, __: None).tokens_per_second


def _plain(config) -> float:  # noqa: ANN001
    """The plain Trainer as the PEFT documentation uses it, on the very same examples."""
    from peft import LoraConfig, get_peft_model
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments, set_seed

    from workers.loading import load
    from workers.tuning.examples import prepare

    set_seed(config.seed)
    loaded = load(config.base, config.device)
    examples = prepare(config, loaded)
    adapter = LoraConfig(
        task_type="CAUSAL_LM",
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=config.target_modules,
    )
    arguments = TrainingArguments(
        output_dir=f"{config.work_dir}/plain",
        max_steps=config.max_steps,
        per_device_train_batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=loaded.device == "cpu",
        include_num_input_tokens_seen="non_padding",
        dataloader_pin_memory=False,
        seed=config.seed,
    )
    trainer = Trainer(
        model=get_peft_model(loaded.model, adapter),
        args=arguments,
        train_dataset=examples.train_set,
        data_collator=DataCollatorForSeq2Seq(loaded.tokenizer, padding=True),
    )
    began = time.monotonic()
    trainer.train()
    return trainer.state.num_input_tokens_seen / (time.monotonic() - began)
