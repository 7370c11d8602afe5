"""Checkpoints that survive `kill -9`: which one is whole, and whether it belongs to this run.

A checkpoint counts as complete only when its marker exists, and the marker is written after everything else.
"""

import hashlib
import json
import shutil
from pathlib import Path

MARKER = "complete.json"
FINGERPRINT = "fingerprint.json"


def fingerprint(facts: dict[str, object]) -> str:
    """SHA-256 over everything that shapes the weights; a checkpoint of another fingerprint is of another run."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def prepare(folder: Path, wanted: str) -> Path | None:
    """The last complete checkpoint of this run, or None; those of other runs and half-written ones are removed."""
    stated = folder / FINGERPRINT
    if folder.is_dir() and (not stated.is_file() or stated.read_text(encoding="utf-8") != wanted):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stated.write_text(wanted, encoding="utf-8")
    return _last_complete(folder)


def _last_complete(folder: Path) -> Path | None:
    complete = []
    for checkpoint in folder.glob("checkpoint-*"):
        if (checkpoint / MARKER).is_file():
            complete.append(checkpoint)
        else:
            shutil.rmtree(checkpoint)
    return max(complete, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """Optimizer steps done when the checkpoint was written."""
    return int(checkpoint.name.removeprefix("checkpoint-"))


def mark_complete(checkpoint: Path, facts: dict[str, int]) -> None:
    """Write the marker last and by renaming, so that it never stands beside half a checkpoint."""
    fresh = checkpoint / (MARKER + ".new")
    fresh.write_text(json.dumps(facts), encoding="utf-8")
    fresh.replace(checkpoint / MARKER)


def tokens_of(checkpoint: Path) -> int:
    """Tokens seen when the checkpoint was written, counted by the attempt that wrote it."""
    return int(json.loads((checkpoint / MARKER).read_text(encoding="utf-8"))["tokens_seen"])
