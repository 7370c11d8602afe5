"""The one way a language model is loaded, from a local folder or a hub id.

Safetensors only, never a model's own code, CUDA where present. Tuning and evaluation call `load`; serving asks
`resolve` for the checked folder and leaves the rest to its own process.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from workers.conversation import DEFAULT_CHAT_TEMPLATE
from workers.errors import EngineError
from workers.model_files import check_model_folder, weights_digest

# What a causal language model needs; weights in other formats are not even downloaded.
HUB_FILES: Sequence[str] = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
HUB_WAIT_S = 10.0


@dataclass(frozen=True)
class Loaded:
    """A model ready for use with where it came from."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    folder: Path
    device: str
    weights_sha256: str
    has_own_template: bool


def choose_device(wanted: str = "auto") -> str:
    """ "cuda" when present, else "cpu"; an explicit wish that cannot be met is refused, not bent."""
    if wanted not in ("auto", "cpu", "cuda"):
        raise EngineError("device.unknown", f"{wanted!r} is not a device; use auto, cpu or cuda.")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise EngineError("device.missing", "A CUDA device was asked for, and this worker has none.")
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


def resolve(source: str) -> Path:
    """The checked local folder of a model given as a path or as a hub id such as "org/name".

    Raises EngineError: those of `check_model_folder`, and model.not_found for an id that cannot be fetched.
    """
    given = Path(source)
    folder = given if given.is_dir() else _from_hub(source)
    check_model_folder(folder)
    return folder


def _from_hub(source: str) -> Path:
    if source.startswith((".", "/", "~")) or source.count("/") > 1:
        raise EngineError("model.not_found", f"There is no folder {Path(source).name!r}, and it is not a hub id.")
    try:
        return Path(snapshot_download(source, allow_patterns=list(HUB_FILES), etag_timeout=HUB_WAIT_S))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise _not_found(source) from error
    except (OSError, httpx.HTTPError) as error:
        raise _not_found(source) from error


def _not_found(source: str) -> EngineError:
    why = "this worker works offline" if os.environ.get("HF_HUB_OFFLINE") == "1" else "the hub did not give it"
    return EngineError(
        "model.not_found",
        f"The model {source!r} is neither a folder on this machine nor in the local cache, and {why}. "
        "Check the name, or place the model's folder on the worker.",
    )


def load(source: str, device: str = "auto") -> Loaded:
    """Model in evaluation mode on its device, and tokenizer with a chat template and a padding token.

    Raises EngineError: those of `resolve`, model.remote_code, model.corrupt, model.no_tokenizer.
    """
    target = choose_device(device)
    folder = resolve(source)
    tokenizer, has_own_template = _tokenizer(folder)
    model = _model(folder).to(target)
    model.eval()
    return Loaded(model, tokenizer, folder, target, weights_digest(folder), has_own_template)


def load_model_and_tokenizer(source: str, device: str = "auto") -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The pair alone, for callers that do not record where it came from."""
    loaded = load(source, device)
    return loaded.model, loaded.tokenizer


def _model(folder: Path) -> PreTrainedModel:
    try:
        # float32 on every device: adapters train stably in it, and two machines agree on a measured loss.
        return AutoModelForCausalLM.from_pretrained(
            folder, use_safetensors=True, trust_remote_code=False, local_files_only=True, dtype=torch.float32
        )
    except (SafetensorError, RuntimeError, KeyError) as error:
        raise EngineError("model.corrupt", f"The weights in {folder.name!r} do not fit their configuration.") from error
    except (ValueError, OSError) as error:
        raise _refused(folder, error) from error


def _refused(folder: Path, error: Exception) -> EngineError:
    if "trust_remote_code" in str(error) or "custom code" in str(error):
        return EngineError("model.remote_code", f"{folder.name!r} needs its own Python code to load; that is refused.")
    return EngineError("model.unsupported", f"{folder.name!r} is not a causal language model that can be loaded here.")


def _tokenizer(folder: Path) -> tuple[PreTrainedTokenizerBase, bool]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise EngineError("model.no_tokenizer", f"{folder.name!r} has no tokenizer that can be loaded.") from error
    if tokenizer.eos_token is None:
        raise EngineError("model.no_tokenizer", f"The tokenizer in {folder.name!r} has no end-of-text token.")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    has_own_template = bool(tokenizer.chat_template)
    if not has_own_template:
        tokenizer.chat_template = DEFAULT_CHAT_TEMPLATE
    return tokenizer, has_own_template
