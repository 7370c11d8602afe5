"""Memory and time of a scan by every check, for one size of file: `python -m benchmarks scan-1gb`.

Only the smallest size is part of a plain `make bench`; the largest takes more than an hour.
"""

import json
import os
import random
import tempfile
from pathlib import Path

from benchmarks.data import MEMORY, SEED, step
from benchmarks.results import Figure, Section
from benchmarks.scanning import rows

GIGABYTE = 1024**3
SIZES = (0.2, 1, 5)  # GiB
PARAGRAPHS, IN_A_ROW = 20_000, 18
LABELS = ("hardware", "network", "billing", "other")


def measure(gigabytes: float) -> Section:
    """The figures of one size; the scan in a process of its own, as the worker's job runs it."""
    with tempfile.TemporaryDirectory() as folder:
        path, site = Path(folder) / "large.jsonl", Path(folder) / "site"
        write(path, int(gigabytes * GIGABYTE))
        load = os.getloadavg()[0]
        committed = step("worker", path, site)
        told = step("scan", path, site)
    size = committed["bytes"] / 1e6
    memory = Figure(
        f"Scan of {size:,.0f} MB: memory",
        f"{told['peak'] / 1e6:,.0f} MB",
        "largest resident set of the worker's process, Django in it",
        "1 GiB or less",
        told["peak"] <= MEMORY,
    )
    rate = f"{told['processor'] / 60:.1f} min of processor time, {size / told['processor']:.2f} MB/s of it"
    time = Figure(
        f"Scan of {size:,.0f} MB: time", f"{told['seconds'] / 60:.1f} min", f"{rate}; load before: {load:.1f}"
    )
    about = (
        f"{told['rows']:,.0f} rows of about 4,500 bytes with a label, by all {told['checks']:.0f} checks: committed,"
        " then scanned as the worker's job does it, in one process on one core. Other work may have shared the machine."
    )
    return Section(f"Scan of {gigabytes:g} GiB", about, [memory, time])


def write(path: Path, size: int) -> None:
    """Rows of paragraphs drawn from a pool: support-desk sentences between sentences of words that mean nothing."""
    draw = random.Random(SEED)
    words = ["".join(draw.choices("abcdefghijklmnoprstuvw", k=draw.randint(2, 9))) for _ in range(20_000)]
    pool = [f"{told} {' '.join(draw.choices(words, k=12)).capitalize()}." for told in rows(PARAGRAPHS)]
    with path.open("w", encoding="utf-8") as target:
        number = 0
        while number % 1000 or target.tell() < size:
            text = " ".join(draw.choices(pool, k=IN_A_ROW))
            target.write(json.dumps({"id": number, "text": text, "label": draw.choice(LABELS)}) + "\n")
            number += 1
