"""The stages of a model version, the relations between models, and how a set of files gets its digest."""

from collections.abc import Iterable

from apps.core.canonical import digest_of

DRAFT, CANDIDATE, APPROVED, REJECTED, RETIRED = "draft", "candidate", "approved", "rejected", "retired"

MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({CANDIDATE, RETIRED}),
    CANDIDATE: frozenset({DRAFT, APPROVED, REJECTED, RETIRED}),
    REJECTED: frozenset({CANDIDATE, RETIRED}),
    APPROVED: frozenset({REJECTED, RETIRED}),
    RETIRED: frozenset(),
}

UPLOADED = "uploaded files"  # the source of a version whose files people send

# Hugging Face model cards name the relation to `base_model` with these words.
RELATIONS = {"adapter": "Adapter", "merge": "Merge", "quantized": "Quantised", "finetune": "Fine-tune"}
TRAINED_ON, TUNED_FROM, MADE_BY = "trained_on", "tuned_from", "made_by"
LINKS = {TRAINED_ON: "Trained on", TUNED_FROM: "Tuned from", MADE_BY: "Made by"}

# AI Act: prohibited practices (Art. 5), high risk (Art. 6, Annexes I and III), transparency duties (Art. 50), the rest.
RISK_UNKNOWN, PROHIBITED = "unknown", "prohibited"
RISK_CLASSES = {
    RISK_UNKNOWN: "Not yet classified",
    "minimal": "Minimal",
    "limited": "Limited: transparency duties",
    "high": "High",
    PROHIBITED: "Prohibited",
}

HELD, RELEASED, REFUSED = "held", "released", "refused"
HELD_STATES = {HELD: "In quarantine", RELEASED: "Released", REFUSED: "Refused"}

IMPORTED, MEASURED, DECLARED = "imported", "measured", "declared"
FIGURE_STATES = {IMPORTED: "Imported", MEASURED: "Measured", DECLARED: "Declared"}

# The settings of a tuning run that a person may choose; each is explained in workers/tuning/engine.py.
TUNING_SETTINGS = frozenset(
    {
        "prompt_column",
        "answer_column",
        "system_prompt",
        "held_out_fraction",
        "rank",
        "alpha",
        "dropout",
        "learning_rate",
        "epochs",
        "max_steps",
        "batch_size",
        "gradient_accumulation",
        "max_length",
        "warmup",
        "weight_decay",
        "max_grad_norm",
        "precision",
        "gradient_checkpointing",
        "save_steps",
        "eval_steps",
        "logging_steps",
        "seed",
    }
)


def protected_by_default() -> list[str]:
    """The aliases that only an approved version may carry, unless the team says otherwise."""
    return ["champion", "production"]


def may_move(stage: str, to: str) -> bool:
    """Whether a version in `stage` may go to `to`."""
    return to in MOVES[stage]


def manifest_digest(files: Iterable[tuple[str, str, int]]) -> str:
    """One digest for a set of files: SHA-256 over the canonical JSON of their sorted (path, digest, size)."""
    return digest_of([{"path": path, "digest": digest, "size": size} for path, digest, size in sorted(files)])
