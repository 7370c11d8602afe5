"""Memory and time of the check for copies of rows alone, on ten million short rows: `python -m benchmarks copies-10m`.

The rows lie in pieces, as the worker's door lays them out. One in a hundred repeats the row before it, and one in a
hundred says the same with one word changed, so that what is found can be held against what was planted.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.data import MEMORY, SEED
from benchmarks.results import Figure, Section

MILLIONS = 10
IN_A_PIECE = 100_000
WORDS, IN_A_ROW = 20_000, 20
EVERY = 100  # rows of which one repeats the row before it, and one nearly does


def measure(millions: int = MILLIONS) -> Section:
    """The figures; the check runs in a process of its own, without Django."""
    total = millions * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        size = write(Path(folder), total)
        load = os.getloadavg()[0]
        command = [sys.executable, "-m", "benchmarks.copies", folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    planted = total // EVERY
    figures = [
        Figure(
            f"Copies among {total:,} rows: memory",
            f"{told['peak'] / 1e6:,.0f} MB",
            "largest resident set of the process",
            "1 GiB or less",
            told["peak"] <= MEMORY,
        ),
        Figure(
            f"Copies among {total:,} rows: time",
            f"{told['seconds'] / 60:.1f} min",
            f"{told['processor'] / 60:.1f} min of processor time, {told['processor'] / total * 1e6:.0f} µs of it a row;"
            f" load before: {load:.1f}",
        ),
        Figure("On disk meanwhile", f"{told['disk'] / 1e9:.1f} GB", "what the check keeps of the rows while it works"),
        Figure(
            "Exact copies found",
            f"{told['exact']:,} of {planted:,}",
            "planted, and no others",
            "all",
            told["exact"] == planted,
        ),
        Figure("Near copies found", f"{told['near']:,} of {planted:,}", "one word of twenty changed"),
    ]
    about = f"{total:,} rows of {size / total:.0f} bytes in pieces of {IN_A_PIECE:,}, by the check for copies alone."
    return Section(f"Copies among {millions} million rows", about, figures)


def write(folder: Path, total: int) -> int:
    """Write the pieces; how many bytes they have."""
    rows = _texts(total)
    for number in range(0, total, IN_A_PIECE):
        with (folder / f"{number:012d}.jsonl").open("w", encoding="ascii") as piece:
            piece.writelines(f'{{"text": "{next(rows)}"}}\n' for _ in range(min(IN_A_PIECE, total - number)))
    return sum(path.stat().st_size for path in folder.glob("*.jsonl"))


def _texts(total: int) -> Iterator[str]:
    draw = random.Random(SEED)
    pool = ["".join(draw.choices("abcdefghijklmnoprstuvw", k=draw.randint(3, 8))) for _ in range(WORDS)]
    words: list[str] = []
    for number in range(total):
        if number % EVERY == 2:
            place = draw.randrange(IN_A_ROW)
            words = [*words[:place], "changed", *words[place + 1 :]]
        elif number % EVERY != 1:
            words = draw.choices(pool, k=IN_A_ROW)
        yield " ".join(words)


def main(folder: Path) -> None:
    """Look for copies in the pieces of a folder; prints one line of JSON."""
    from workers.scanning import engine
    from workers.scanning.config import Config, Piece

    starts = [(path, int(path.stem)) for path in sorted(folder.glob("*.jsonl"))]
    pieces = tuple(Piece(str(path), start, IN_A_PIECE) for path, start in starts)
    work = folder / "work"
    config = Config(
        pieces=pieces, work_dir=str(work), known_columns=("text",), copy_columns=("text",), checks=("duplicates",)
    )
    began = time.monotonic()
    found = engine.run(config, lambda fraction, message: None).sections["duplicates"]
    told = {
        "seconds": time.monotonic() - began,
        "processor": time.process_time(),
        "disk": sum(path.stat().st_size for path in work.rglob("*") if path.is_file()),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "exact": found["exact_rows"],
        "near": found["near_rows"],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
