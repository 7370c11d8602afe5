"""Looks for code hidden in model files, without loading any of them: each file in a bounded process of its own.

The readers are in `workers.artifacts.looking`. A file that its reader cannot bear (too large, too deep, a reader that
crashes) is told as not scanned; that is no clean bill.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from workers.artifacts.findings import Finding, unscanned

Progress = Callable[[float, str], None]
# What the child may know of the worker's environment: no secret key, no database address, no tokens.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class File:
    """One file to look into: where its bytes lie, by which path people know it, and the digest it is told under."""

    path: str
    name: str
    digest: str


@dataclass(frozen=True)
class Config:
    """What to look into, and how much a file may cost."""

    files: tuple[File, ...]
    work_dir: str  # an empty folder, where parts of archives are unfolded
    seconds: int = 300  # per file: gigabytes of opcodes are read in minutes, a bomb takes for ever
    memory_bytes: int = 6 * 1024**3  # address space: opcodes of a large pickle are held by modelscan all at once
    most_bytes: int = 8 * 1024**3  # that parts of one archive may unfold to


@dataclass(frozen=True)
class Result:
    """Findings by digest, by whom, and how long it took."""

    files: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    scanner: str = ""
    seconds: float = 0.0


def run(config: Config, on_progress: Progress) -> Result:
    """Look into each file once. Raises nothing because of what a file holds."""
    began, found = time.monotonic(), dict[str, tuple[Finding, ...]]()
    for number, file in enumerate(config.files):
        on_progress(number / len(config.files), f"Looking into {file.name[:200]}")
        if file.digest not in found:
            found[file.digest] = tuple(_looked(file, config))
    return Result(found, f"modelscan {version('modelscan')}", round(time.monotonic() - began, 2))


def _looked(file: File, config: Config) -> list[Finding]:
    asked = {
        "path": file.path,
        "name": file.name,
        "folder": config.work_dir,
        "seconds": config.seconds,
        "memory_bytes": config.memory_bytes,
        "most_bytes": config.most_bytes,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "workers.artifacts.child"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=config.seconds,
            cwd=ROOT,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [unscanned(f"It could not be read within {config.seconds} seconds.")]
    if done.returncode:
        return [unscanned("The reader gave up: the file asks for more memory or time than a scan may take.")]
    return [Finding(**item) for item in json.loads(done.stdout)]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
