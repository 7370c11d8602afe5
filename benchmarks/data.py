"""A million rows committed and compared, beside Deep Lake, and a file of five gigabytes through a worker."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.results import Figure, Section

ROWS, CHANGED, ROUNDS = 1_000_000, 0.01, 3
LARGE_BYTES = 5 * 1024**3
MEMORY = 1024**3
LAKE = "deeplake==4.7.4"
SEED = 20_261_122


def measure() -> Section:
    """All figures, each step in a process of its own over a fresh installation."""
    with tempfile.TemporaryDirectory() as folder:
        path, changed = Path(folder) / "rows.jsonl", Path(folder) / "changed.jsonl"
        _write(path, _rows())
        _write(changed, _changed(_rows()))
        figures = [*_commits(path, Path(folder)), *_diff(path, changed, Path(folder))]
    with tempfile.TemporaryDirectory() as folder:
        figures.append(_large(Path(folder)))
    about = (
        f"{ROWS:,} rows of questions and answers in a JSON Lines file, from the file to the finished commit; each step "
        "in a process of its own, SQLite. Ours also checks every row, counts the columns and writes the trail."
    )
    return Section("Data", about, figures)


def _rows() -> Iterator[dict[str, Any]]:
    draw = random.Random(SEED)
    for number in range(ROWS):
        yield {
            "id": number,
            "prompt": f"How do I reset the password of account {draw.randrange(100_000)}, please?",
            "answer": f"Open settings, choose security number {draw.randrange(100)}, and follow the steps shown there.",
            "label": f"topic {draw.randrange(12)}",
        }


def _changed(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every hundredth row: another answer."""
    step = round(1 / CHANGED)
    for row in rows:
        yield row | {"answer": "Ask your administrator."} if row["id"] % step == 0 else row


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as target:
        target.writelines(json.dumps(row) + "\n" for row in rows)


def step(name: str, path: Path, var: Path) -> dict[str, Any]:
    """What a step of `data_steps` told, run in a process of its own over the installation in `var`."""
    env = os.environ | {"VAR_DIR": str(var), "COMMIT_INLINE_BYTES": "0"}
    env.pop("STORAGE_ROOT", None)
    if not (var / "db.sqlite3").exists():
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=env)
    command = [sys.executable, "-m", "benchmarks.data_steps", name, str(path)]
    done = subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _commits(path: Path, folder: Path) -> list[Figure]:
    """Ours and Deep Lake's in turn; the best of each, since whatever else the machine does only adds."""
    python = peers.python_with(LAKE)
    ours, theirs = [], []
    for number in range(ROUNDS):
        ours.append(step("commit", path, folder / f"ours-{number}"))
        if python is not None:
            theirs.append(_lake(python, path, folder / f"lake-{number}"))
    mine = min(ours, key=lambda told: told["seconds"])
    how = f"{path.stat().st_size / 1e6:,.0f} MB; best of {ROUNDS}, in turn"
    figures = [
        Figure("Commit a million rows", f"{mine['seconds']:.1f} s", how),
        Figure("Memory while committing", _size(mine["peak"]), "largest resident set of the process"),
    ]
    if not theirs:
        return [*figures, Figure("Deep Lake, the same rows", "not installed here", LAKE)]
    lake = min(theirs, key=lambda told: told["seconds"])
    ratio = mine["seconds"] / lake["seconds"]
    return [
        *figures,
        Figure(f"Deep Lake {lake['version']}, the same file", f"{lake['seconds']:.1f} s", f"{how}; batches of 50,000"),
        Figure("Ours ÷ Deep Lake", f"× {ratio:.2f}", "seconds", "× 1 or less", ratio <= 1),
        Figure(
            "On disk, ours and Deep Lake's",
            f"{_size(mine['new_bytes'])} and {_size(lake['bytes'])}",
            "ours keeps the bytes as they came; Deep Lake compresses",
        ),
    ]


def _lake(python: Path, path: Path, folder: Path) -> dict[str, Any]:
    script = Path(peers.__file__).parent / "lake.py"
    done = subprocess.run([python, script, str(path), str(folder)], check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _diff(path: Path, changed: Path, folder: Path) -> list[Figure]:
    told = step("diff", changed, folder / "ours-0")
    expected = sum(1 for number in range(ROWS) if number % round(1 / CHANGED) == 0)
    found = f"{told['changed']:,} changed, {told['added']:,} added, {told['removed']:,} removed"
    is_exact = (told["changed"], told["added"], told["removed"]) == (expected, 0, 0)
    return [
        Figure(
            "Compare two versions, one row in a hundred changed",
            f"{told['seconds']:.1f} s",
            "by key, every difference listed; Deep Lake 4 has no diff",
        ),
        Figure("What the comparison found", found, f"{expected:,} rows were changed", "exactly those", is_exact),
        Figure(
            "Memory while comparing",
            _size(told["peak"]),
            "largest resident set, the second commit included",
            "1 GiB or less",
            told["peak"] <= MEMORY,
        ),
    ]


def _large(folder: Path) -> Figure:
    """A file of five gigabytes, as the worker commits it."""
    path = folder / "large.jsonl"
    text = " ".join(f"word{number % 977}" for number in range(600))
    with path.open("w", encoding="utf-8") as target:
        number = 0
        while number % 1000 or target.tell() < LARGE_BYTES:
            target.write(json.dumps({"id": number, "text": f"{number} {text}"}) + "\n")
            number += 1
    told = step("worker", path, folder / "site")
    how = f"{told['rows']:,} rows in {told['seconds']:.0f} s; largest resident set of the worker's process"
    is_met = told["peak"] <= MEMORY
    return Figure(
        f"Commit of {_size(told['bytes'])} on a worker: memory", _size(told["peak"]), how, "1 GiB or less", is_met
    )


def _size(number: float) -> str:
    return f"{number / 1e6:,.0f} MB"
