"""The trainer, the checkpoint it starts from, and what it leaves behind."""

from dataclasses import asdict
from pathlib import Path

from peft import LoraConfig, TaskType
from transformers import PrinterCallback
from trl import SFTConfig, SFTTrainer

from workers.errors import EngineError
from workers.loading import Loaded
from workers.tuning import checkpoints
from workers.tuning.config import Config
from workers.tuning.examples import Examples
from workers.tuning.progress import Reporter

# Settings that say where things lie or how they are told, and change nothing in the weights.
OUTSIDE_FINGERPRINT = (
    "base",
    "data_path",
    "output_dir",
    "work_dir",
    "held_out_path",
    "resume",
    "country_iso_code",
    "country_assumed",
    "device",
)


def checkpoint_to_resume(config: Config, loaded: Loaded, examples: Examples) -> Path | None:
    """The last complete checkpoint of this very run, or None to start afresh."""
    facts: dict[str, object] = {
        **{name: value for name, value in asdict(config).items() if name not in OUTSIDE_FINGERPRINT},
        "base_weights": loaded.weights_sha256,
        "training": [row.digest for row in examples.training],
        "held_out": [row.digest for row in examples.held_out],
    }
    found = checkpoints.prepare(checkpoint_folder(config), checkpoints.fingerprint(facts))
    return found if config.resume else None


def checkpoint_folder(config: Config) -> Path:
    """Where this run keeps its checkpoints."""
    return Path(config.work_dir) / "checkpoints"


def build_trainer(config: Config, loaded: Loaded, examples: Examples, reporter: Reporter) -> SFTTrainer:
    """TRL's trainer over a fresh adapter on the loaded model.

    Raises EngineError("config.invalid") when a module to train is not in the model.
    """
    _check_modules(config, loaded)
    trainer = SFTTrainer(
        model=loaded.model,
        args=_arguments(config, loaded),
        train_dataset=examples.train_set,
        eval_dataset=examples.eval_set,
        processing_class=loaded.tokenizer,
        peft_config=_adapter(config),
        callbacks=[reporter],
    )
    # It prints every log to standard output, which the reporter already tells.
    trainer.remove_callback(PrinterCallback)
    return trainer


def _check_modules(config: Config, loaded: Loaded) -> None:
    """PEFT passes over names that match nothing; a setting without effect would be recorded as if it had one."""
    known = [name for name, _ in loaded.model.named_modules()]
    targets = () if isinstance(config.target_modules, str) else config.target_modules
    unknown = [name for name in (*targets, *config.modules_to_save) if not any(m.endswith(name) for m in known)]
    if unknown:
        raise EngineError("config.invalid", f"The base model has no module named {', '.join(unknown)}.")


def _adapter(config: Config) -> LoraConfig:
    targets = config.target_modules
    return LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        modules_to_save=list(config.modules_to_save) or None,
    )


def _arguments(config: Config, loaded: Loaded) -> SFTConfig:
    return SFTConfig(
        output_dir=str(checkpoint_folder(config)),
        learning_rate=config.learning_rate,
        num_train_epochs=config.epochs,
        max_steps=config.max_steps,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=max(16, config.batch_size),
        gradient_accumulation_steps=config.gradient_accumulation,
        max_length=config.max_length,
        warmup_steps=config.warmup,
        lr_scheduler_type="cosine",
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        bf16=config.precision == "bfloat16",
        activation_checkpointing=config.gradient_checkpointing,
        save_strategy="steps",
        save_steps=config.save_steps,
        # Two, so that the older stands until the newer is whole.
        save_total_limit=2,
        eval_strategy="steps",
        eval_steps=config.eval_steps,
        logging_steps=config.logging_steps,
        include_num_input_tokens_seen="non_padding",
        seed=config.seed,
        data_seed=config.seed,
        use_cpu=loaded.device == "cpu",
        # Batches are small and already tokens: a second process would cost more than it saves.
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to=[],
        push_to_hub=False,
    )


def save(config: Config, loaded: Loaded, trainer: SFTTrainer) -> None:
    """Write the adapter, then the model with the adapter merged in; each folder loads by itself, as safetensors."""
    output = Path(config.output_dir)
    # PEFT writes this into the adapter; a path of this machine would tell the reader nothing.
    trainer.model.peft_config["default"].base_model_name_or_path = Path(config.base).name
    # The vocabulary is never changed here; "auto" would go and look for the base model by the name above.
    trainer.model.save_pretrained(output / "adapter", save_embedding_layers=False)
    loaded.tokenizer.save_pretrained(output / "adapter")
    merged = trainer.model.merge_and_unload()
    merged.eval()
    merged.config.use_cache = True
    merged.save_pretrained(output / "model")
    loaded.tokenizer.save_pretrained(output / "model")
