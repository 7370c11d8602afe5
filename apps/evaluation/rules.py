"""What a score means, without a database."""

VERSION, BASELINE, DIFFERENCE = "version", "baseline", "difference"
SUBJECTS = {VERSION: "This version", BASELINE: "Baseline", DIFFERENCE: "Difference"}

LOWER_IS_BETTER = frozenset({"loss", "perplexity"})
METRICS: dict[str, str] = {
    "loss": "Loss (nats per token)",
    "perplexity": "Perplexity",
    "exact_match": "Exact match",
    "rouge_l": "ROUGE-L",
    "bleu": "BLEU",
}

# The settings of an evaluation that a person may choose; each is explained in workers/evaluation/engine.py.
SETTINGS = frozenset(
    {
        "prompt_column",
        "answer_column",
        "system_prompt",
        "max_new_tokens",
        "temperature",
        "batch_size",
        "example_rows",
        "seed",
    }
)


def is_better(metric: str, difference: float) -> bool:
    """Whether `version - baseline` says that the version does better on this metric."""
    return difference < 0 if metric in LOWER_IS_BETTER else difference > 0


def verdict(metric: str, difference: float, low: float, high: float) -> str:
    """`better`, `worse`, or `undecided` when the interval of the difference holds zero."""
    if low <= 0 <= high:
        return "undecided"
    return "better" if is_better(metric, difference) else "worse"
