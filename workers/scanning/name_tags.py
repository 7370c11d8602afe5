"""Names of people and places by a transformers model that tags tokens; imported only where one is configured."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from workers.errors import EngineError
from workers.model_files import check_model_folder
from workers.scanning.names import KINDS, SCORE
from workers.scanning.pii import Hit

MAX_TOKENS = 512
STRIDE = 64  # tokens that two windows share, so that no name is cut


class TransformersNames:
    """Names by a token-classification model."""

    def __init__(self, folder: Path) -> None:
        check_model_folder(folder)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForTokenClassification.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            raise EngineError(
                "scan.names_model", f"The model of names cannot be loaded: {type(error).__name__}."
            ) from None
        tokenizer.model_max_length = min(tokenizer.model_max_length, MAX_TOKENS, model.config.max_position_embeddings)
        self._find: Any = pipeline(
            "token-classification",
            model=model.eval(),
            tokenizer=tokenizer,
            aggregation_strategy="first",
            stride=min(STRIDE, tokenizer.model_max_length // 4),
            device="cpu",
        )
        self.about = f"transformers {folder.name}"
        self.versions = {self.about: str(model.config.model_type), "transformers": version("transformers")}

    def find(self, text: str) -> Iterator[Hit]:
        """Names in order."""
        for found in self._find(text) if text.strip() else ():
            kind = KINDS.get(str(found["entity_group"]).upper())
            if kind and found["end"] > found["start"]:
                yield Hit(kind, int(found["start"]), int(found["end"]), SCORE)
