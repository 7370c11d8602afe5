"""What a model folder may hold, checked by reading bytes only: nothing here imports torch or runs a model's code.

Format of safetensors: https://huggingface.co/docs/safetensors (8-byte little-endian header length, JSON header,
tensor bytes without gaps to the end of the file).
"""

import hashlib
import json
from pathlib import Path

from workers.errors import EngineError

# Formats whose readers can run code stored in the file (Python pickle and archives of it).
PICKLED_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".msgpack", ".h5"})
# The format itself limits the header; a longer one is damage or an attack on memory.
MAX_HEADER_BYTES = 100_000_000
READ_BYTES = 1 << 20


def check_model_folder(folder: Path) -> None:
    """Refuse a folder that is not a complete safetensors model.

    Raises EngineError: model.not_found, model.pickle, model.no_config, model.no_weights, model.corrupt.
    """
    if not folder.is_dir():
        raise EngineError("model.not_found", f"There is no model folder named {folder.name!r}.")
    refuse_pickles(folder)
    if not (folder / "config.json").is_file():
        raise EngineError("model.no_config", f"The folder {folder.name!r} has no config.json, so it is not a model.")
    for weights in weight_files(folder):
        check_safetensors(weights)


def refuse_pickles(folder: Path) -> None:
    """Raise EngineError("model.pickle") when any file could run code on loading."""
    pickled = sorted(path.name for path in folder.rglob("*") if path.suffix.lower() in PICKLED_SUFFIXES)
    if pickled:
        raise EngineError(
            "model.pickle",
            f"{', '.join(pickled[:5])}: pickled files can run hidden code when they are opened and are refused. "
            "Convert the weights to safetensors and remove these files.",
        )


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model in name order; every shard that the index names must be there."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        return _indexed_files(folder, index)
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise EngineError(
            "model.no_weights",
            f"{folder.name!r} holds no safetensors weights. Other formats are not loaded, because they can run code.",
        )
    return found


def _indexed_files(folder: Path, index: Path) -> list[Path]:
    names = sorted(set(_json_object(index).get("weight_map", {}).values()))
    if not names:
        raise EngineError("model.corrupt", f"{index.name} names no weight file.")
    if any(Path(name).name != name for name in names):
        raise EngineError("model.corrupt", f"{index.name} names a file outside the model's folder.")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise EngineError("model.corrupt", f"{len(missing)} of {len(names)} weight files are missing: {missing[0]} …")
    return [folder / name for name in names]


def check_safetensors(path: Path) -> None:
    """Raise EngineError("model.corrupt") unless header and file length agree to the byte."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(8)
        if start[:1] == b"\x80" or start[:4] == b"PK\x03\x04":
            raise EngineError("model.pickle", f"{path.name} is a pickled file renamed to safetensors; it is refused.")
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(size - 8, MAX_HEADER_BYTES):
            raise _corrupt(path, "it is truncated or not a safetensors file")
        header = stream.read(length)
    expected = 8 + length + _tensor_bytes(path, header)
    if size != expected:
        raise _corrupt(path, f"it has {size} bytes where its header promises {expected}")


def _tensor_bytes(path: Path, header: bytes) -> int:
    try:
        entries = json.loads(header)
        return max((entry["data_offsets"][1] for name, entry in entries.items() if name != "__metadata__"), default=0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise _corrupt(path, "its header cannot be read") from error


def _corrupt(path: Path, why: str) -> EngineError:
    return EngineError("model.corrupt", f"{path.name} is damaged: {why}. Upload or download it again.")


def _json_object(path: Path) -> dict[str, dict[str, str]]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise EngineError("model.corrupt", f"{path.name} cannot be read as JSON.") from error
    if not isinstance(value, dict):
        raise EngineError("model.corrupt", f"{path.name} does not hold a JSON object.")
    return value


def file_digest(path: Path) -> str:
    """Lower-case hex SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def weights_digest(folder: Path) -> str:
    """SHA-256 over the weight files in name order.

    One file: that file's own SHA-256, so that `sha256sum` confirms it. Several shards: the SHA-256 of the lines
    "<digest>  <name>\\n", which is what `sha256sum *.safetensors | sha256sum` prints.
    """
    files = weight_files(folder)
    if len(files) == 1:
        return file_digest(files[0])
    lines = "".join(f"{file_digest(path)}  {path.name}\n" for path in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def folder_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder by its relative path."""
    return {str(path.relative_to(folder)): file_digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
