"""Fetches a model from a local folder or the Hugging Face hub, refuses what could run code, and reads its facts.

No weights are loaded: parameters are counted from the safetensors headers, the rest comes from config.json and the
front matter of the model card (README.md).
"""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from workers.errors import EngineError
from workers.importing.card import read_card
from workers.loading import HUB_FILES, resolve
from workers.model_files import refuse_pickles, weight_files, weights_digest

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Config:
    """Where from and where to."""

    source: str  # a folder on this worker, or a hub id such as "organisation/model"
    output_dir: str  # receives copies of the files that a causal language model needs, and nothing else


@dataclass(frozen=True)
class Result:
    """What was brought in and what its files say about it."""

    folder: str
    files: int
    weights_sha256: str
    facts: dict[str, Any]


def run(config: Config, on_progress: Progress) -> Result:
    """Copy the checked files and read their facts.

    Raises EngineError: those of `workers.loading.resolve` (not found, pickled, corrupt, no weights).
    """
    on_progress(0.1, "Looking for the model")
    folder = resolve(config.source)
    refuse_pickles(folder)
    on_progress(0.4, "Copying its files")
    target = Path(config.output_dir)
    copied = _copy(folder, target)
    on_progress(0.8, "Reading its facts")
    return Result(folder=str(target), files=copied, weights_sha256=weights_digest(target), facts=model_facts(target))


def _copy(folder: Path, target: Path) -> int:
    """Copy the wanted files of the top folder. A link that leads out of the folder is refused, not followed."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = [path for path in sorted(folder.iterdir()) if path.is_file() and _is_wanted(path.name)]
    is_hub_cache = folder.parent.name == "snapshots"  # the hub's cache links its files into a sibling folder
    for path in wanted:
        if path.is_symlink() and not is_hub_cache and folder.resolve() not in path.resolve().parents:
            raise EngineError("model.link", f"{path.name} is a link that leads out of the model's folder.")
        shutil.copyfile(path, target / path.name)
    return len(wanted)


def _is_wanted(name: str) -> bool:
    return name == "README.md" or any(fnmatch(name, pattern) for pattern in HUB_FILES)


def model_facts(folder: Path) -> dict[str, Any]:
    """What a model folder says about itself: architecture, sizes, number of parameters, licence, weights' digest."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError("model.no_config", "config.json is missing or cannot be read as JSON.") from error
    card = read_card(folder / "README.md")
    library = card.front.get("library_name", "")
    licence = card.front.get("license", "")
    return {
        "architecture": (config.get("architectures") or [""])[0],
        "model_type": config.get("model_type", ""),
        "parameters": sum(_parameters(path) for path in weight_files(folder)),
        "layers": config.get("num_hidden_layers"),
        "hidden_size": config.get("hidden_size"),
        "vocabulary": config.get("vocab_size"),
        "tokenizer": _tokenizer(folder),
        "library": library if isinstance(library, str) else "",
        "context_length": config.get("max_position_embeddings"),
        "number_format": config.get("dtype") or config.get("torch_dtype") or "",
        "weights_sha256": weights_digest(folder),
        "licence": licence if isinstance(licence, str) else "",
        "card": sorted(str(name) for name in card.front),
        "card_values": card.values,
        "card_sections": card.sections,
    }


def _tokenizer(folder: Path) -> str:
    """The class that loads the tokenizer, from tokenizer_config.json; empty where there is none that can be read."""
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    name = config.get("tokenizer_class", "") if isinstance(config, dict) else ""
    return name if isinstance(name, str) else ""


def _parameters(path: Path) -> int:
    """Numbers stored in one safetensors file, from its header."""
    with path.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")
