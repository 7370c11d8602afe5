"""What a run ran on: enough to build the same environment again, nothing about people or places."""

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import torch

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "peft",
    "trl",
    "accelerate",
    "datasets",
    "safetensors",
    "numpy",
    "codecarbon",
)


@dataclass(frozen=True)
class Environment:
    """Python, system, processor and package versions; `threads` decides the order of CPU sums, so it is recorded."""

    python: str
    system: str
    machine: str
    processor: str
    cores: int
    memory_gib: float
    device: str
    gpu: str
    threads: int
    packages: dict[str, str]


def describe(device: str) -> Environment:
    """The environment of this process."""
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        device=device,
        gpu=torch.cuda.get_device_name() if device == "cuda" else "",
        threads=torch.get_num_threads(),
        packages={name: importlib.metadata.version(name) for name in PACKAGES},
    )


def _processor() -> str:
    """The processor's trade name; Linux keeps it out of `platform`."""
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
