"""How expected texts are to a local language model. Shown beside the estimate, and no part of it: what is low depends
on the model, and nobody has measured it for this one.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from workers.errors import EngineError
from workers.scanning.checks import OnProgress

MOST_TOKENS, LEAST_TOKENS = 256, 20


def perplexities(folder: str, texts: list[str], on_progress: OnProgress) -> dict[str, Any]:
    """Median and quartiles of the perplexity of the texts. Raises EngineError scan.generated_model."""
    if not (Path(folder) / "config.json").is_file():
        raise EngineError("scan.generated_model", "There is no language model in the configured folder.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()
    except (OSError, ValueError) as error:
        message = f"The language model cannot be loaded: {type(error).__name__}."
        raise EngineError("scan.generated_model", message) from None
    found = []
    for number, text in enumerate(texts):
        on_progress(number / len(texts), "Reading texts with the local language model")
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=MOST_TOKENS)["input_ids"]
        if tokens.shape[1] >= LEAST_TOKENS:
            with torch.inference_mode():
                found.append(float(torch.exp(model(tokens, labels=tokens).loss)))
    name = Path(folder).name
    if not found:
        return {"model": name, "texts": 0, "median": None, "quartiles": None}
    low, middle, high = (round(float(value), 3) for value in np.percentile(found, (25, 50, 75)))
    return {"model": name, "texts": len(found), "median": middle, "quartiles": [low, high]}
