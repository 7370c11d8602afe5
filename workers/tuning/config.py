"""Every setting of a tuning run, with its reason."""

from dataclasses import dataclass

from workers.errors import EngineError


@dataclass(frozen=True)
class Config:
    """One tuning run. The defaults suit a model of a few million parameters and a few hundred rows on two cores."""

    base: str  # model folder or hub id
    data_path: str  # JSON Lines, one object a row
    output_dir: str  # receives adapter/, model/, held_out.jsonl, split.json
    work_dir: str  # checkpoints and energy notes; keep it between attempts, delete it after success
    prompt_column: str = "question"  # what a person asks
    answer_column: str = "answer"  # what the model is to answer
    system_prompt: str = ""  # said before every question, in tuning and in use alike; empty says nothing
    held_out_path: str = ""  # rows of the user's own choice to keep unseen; empty: split by fraction and seed
    held_out_fraction: float = 0.2  # sixty of three hundred rows: intervals narrow enough to tell a difference
    rank: int = 16  # small tasks need few directions of change; 16 costs little and is rarely too few
    alpha: int = 32  # twice the rank: the usual scale, so that the rate need not change with the rank
    dropout: float = 0.05  # a few hundred rows are easily learned by heart
    target_modules: str | tuple[str, ...] = "all-linear"  # every layer's projections learn better than attention alone
    # Modules trained whole beside the adapter. The norms are a thousandth of a model, and in a small one whose
    # table of tokens is shared they alone can raise its certainty: held-out loss halves. () where none is named so.
    modules_to_save: tuple[str, ...] = ("norm",)
    learning_rate: float = 5e-3  # a model of millions bears 25 times what one of billions does (2e-4)
    epochs: float = 6.0  # readings of the rows; more fits them by heart
    max_steps: int = -1  # a positive number ends the run there, whatever epochs says
    batch_size: int = 8  # rows a step; small batches make more steps out of few rows
    gradient_accumulation: int = 1  # raise it where memory, not time, bounds the batch
    max_length: int = 512  # tokens a row; longer rows are cut at the end and counted in the result
    warmup: float = 0.05  # first share of steps with a rising rate, against an early jump
    weight_decay: float = 0.0  # low rank already limits what can be learned
    max_grad_norm: float = 1.0  # one strange row must not throw the weights far
    precision: str = "float32"  # or bfloat16, which halves memory on a GPU and gives up exact repetition
    gradient_checkpointing: bool = False  # trades a third of the speed for memory; for large models
    save_steps: int = 50  # optimizer steps lost at most by a kill
    eval_steps: int = 50  # points of the held-out curve
    logging_steps: int = 10  # points of the training curve
    resume: bool = True  # continue from the last complete checkpoint of the same run in work_dir
    seed: int = 20  # split, order of rows, adapter's start values, dropout
    threads: int = 2  # torch threads; part of what makes a CPU run repeatable
    device: str = "auto"  # auto, cpu or cuda
    country_iso_code: str = "USA"  # whose electricity mix turns kWh into CO2e
    country_assumed: bool = True  # False once an operator has stated where the machine stands


def check(config: Config) -> None:
    """Raise EngineError("config.invalid") naming every setting that is out of its range."""
    wrong = [
        name
        for name, is_right in (
            ("rank", config.rank >= 1),
            ("alpha", config.alpha >= 1),
            ("dropout", 0 <= config.dropout < 1),
            ("learning_rate", config.learning_rate > 0),
            ("epochs or max_steps", config.epochs > 0 or config.max_steps > 0),
            ("batch_size", config.batch_size >= 1),
            ("gradient_accumulation", config.gradient_accumulation >= 1),
            ("max_length", config.max_length >= 8),
            ("held_out_fraction", 0 < config.held_out_fraction < 1),
            ("save_steps", config.save_steps >= 1),
            ("eval_steps", config.eval_steps >= 1),
            ("logging_steps", config.logging_steps >= 1),
            ("threads", config.threads >= 1),
            ("precision", config.precision in ("float32", "bfloat16")),
        )
        if not is_right
    ]
    if wrong:
        raise EngineError("config.invalid", f"These settings are out of their range: {', '.join(wrong)}.")
