"""A local transformers model that tells how toxic a text is. Nothing is fetched; only safetensors files are opened.

Imported where a model is configured only: torch takes seconds to load, and most scans have none.
"""

from importlib.metadata import version
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from workers.errors import EngineError

MAX_TOKENS = 256  # of a text; hurtful writing shows early, and cost grows with length
BATCH = 32
# Parts of the names that models give to hurtful classes, and of those they give to harmless ones.
_TOXIC = ("toxic", "hate", "offens", "insult", "threat", "obscen", "abus", "profan", "harass", "attack")
_HARMLESS = ("non", "not", "neutral", "normal", "clean", "safe", "none", "neither")


class Classifier:
    """Raises EngineError scan.toxicity_model where the folder holds no classifier with a hurtful class by name."""

    max_tokens = MAX_TOKENS

    def __init__(self, folder: str) -> None:
        if not (Path(folder) / "config.json").is_file():
            raise EngineError("scan.toxicity_model", "The folder of the toxicity model holds no config.json.")
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True
            ).eval()
        except (OSError, ValueError) as error:
            raise EngineError(
                "scan.toxicity_model", f"The toxicity model cannot be loaded: {type(error).__name__}."
            ) from None
        labels = {number: str(label).lower() for number, label in self._model.config.id2label.items()}
        self.labels = [number for number, label in sorted(labels.items()) if _is_toxic(label)]
        if not self.labels:
            raise EngineError(
                "scan.toxicity_model",
                f"None of the model's classes is named as hurtful: {', '.join(sorted(labels.values()))}.",
            )
        self._is_multiple = self._model.config.problem_type == "multi_label_classification"
        self.name = Path(folder).name
        self.versions = {"transformers": version("transformers"), "torch": version("torch")}

    def scores(self, texts: list[str]) -> list[float]:
        """For each text the probability that it is hurtful in one way or another, 0 to 1."""
        found: list[float] = []
        for start in range(0, len(texts), BATCH):
            found += self._batch(texts[start : start + BATCH])
        return found

    def _batch(self, texts: list[str]) -> list[float]:
        coded = self._tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=MAX_TOKENS)
        with torch.no_grad():
            logits = self._model(**coded).logits
        if self._is_multiple:
            chosen = torch.sigmoid(logits)[:, self.labels].max(dim=1).values
        else:
            chosen = torch.softmax(logits, dim=1)[:, self.labels].sum(dim=1)
        return [round(value, 6) for value in chosen.tolist()]


def _is_toxic(label: str) -> bool:
    return any(part in label for part in _TOXIC) and not any(label.startswith(part) for part in _HARMLESS)
