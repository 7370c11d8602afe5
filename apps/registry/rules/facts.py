"""What can be on record about a version, and what of it the files tell by themselves."""

from collections.abc import Mapping
from typing import Any

# Each with the greatest number of characters that its column takes; None: no text.
LENGTHS: dict[str, int | None] = {
    "description": 20_000,
    "architecture": 120,
    "parameters": None,
    "tokenizer": 200,
    "context_length": None,
    "modality": 60,
    "library": 60,
    "licence": 200,
    "relation": 20,
    "base_names": None,
    "environment": 200_000,
}
FIELDS = frozenset(LENGTHS)
LONG_FIELDS = frozenset({"description", "environment"})
LARGEST_CONTEXT = 2**31 - 1  # what a 32-bit column holds; configurations write 10^30 for “no bound”

# The words for what goes in and comes out, by the class that transformers loads a model with (the end of its name).
_MODALITIES = (
    ("ForCausalLM", "text to text"),
    ("ForConditionalGeneration", "text to text"),
    ("ForSequenceClassification", "text to label"),
    ("ForTokenClassification", "text to label"),
    ("ForQuestionAnswering", "text to text"),
    ("ForMaskedLM", "text to text"),
    ("ForImageClassification", "image to label"),
    ("ForVision2Seq", "image to text"),
    ("ForImageTextToText", "image and text to text"),
    ("ForSpeechSeq2Seq", "speech to text"),
    ("ForCTC", "speech to text"),
)


def from_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a worker's reading of the files fills in; empty where the files say nothing."""
    architecture = str(facts.get("architecture") or "")
    context, parameters = facts.get("context_length"), facts.get("parameters")
    found = {
        "architecture": architecture,
        "parameters": parameters if isinstance(parameters, int) and parameters > 0 else None,
        "tokenizer": str(facts.get("tokenizer") or ""),
        "context_length": context if isinstance(context, int) and 0 < context <= LARGEST_CONTEXT else None,
        "modality": str(facts.get("modality") or modality_of(architecture)),
        "library": str(facts.get("library") or ""),
        "licence": str(facts.get("licence") or ""),
    }
    return {name: _cut(name, value) for name, value in found.items() if value not in ("", None)}


def modality_of(architecture: str) -> str:
    """What goes in and comes out of a model of this class, as far as its name tells; empty if it does not."""
    return next((words for end, words in _MODALITIES if architecture.endswith(end)), "")


def _cut(name: str, value: Any) -> Any:
    most = LENGTHS[name]
    return value[:most] if isinstance(value, str) and most is not None else value


def environment_lock(result: Mapping[str, Any]) -> str:
    """The packages that a run worked with, pinned, one a line, as its result lists them; empty where it does not."""
    packages = (result.get("environment") or {}).get("packages") or {}
    return "\n".join(f"{name}=={number}" for name, number in sorted(packages.items()))


def from_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a model's config.json tells, by the names that the importing worker uses."""
    architectures = config.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else ""
    kind = config.get("model_type")
    return {
        "architecture": first if isinstance(first, str) else "",
        "model_type": kind if isinstance(kind, str) else "",
        "context_length": config.get("max_position_embeddings"),
    }
