"""Rates of scans of a million rows of ordinary text, as the worker's job does them.

The search for personal data is part of a plain `make bench`; every check together takes a quarter of an hour and more:
`python -m benchmarks scan-1m`.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.data import MEMORY, step
from benchmarks.results import Figure, Section
from benchmarks.scanning import PERSONAL, rows

ROWS = 1_000_000
IN_A_PART = 10_000  # rows drawn at a time: a list of all of them would take as much memory as the scan


def personal() -> Section:
    """The search for personal data alone."""
    return _section("scan-personal", "Personal data in a million rows", "by the check for personal data alone")


def every() -> Section:
    """Every check in one pass."""
    return _section("scan", "Scan of a million rows", "by every check in one pass")


def _section(name: str, title: str, checks: str) -> Section:
    with tempfile.TemporaryDirectory() as folder:
        path, site = Path(folder) / "rows.jsonl", Path(folder) / "site"
        write(path, ROWS)
        load = os.getloadavg()[0]
        committed = step("worker", path, site)
        told = step(name, path, site)
    about = (
        f"{ROWS:,} rows of support-desk sentences with a label, {committed['bytes'] / 1e6:,.0f} MB, {PERSONAL:.0%} with"
        f" personal data: committed, then scanned {checks} as the worker's job does it, in one process on one core."
        " Reading the rows and the trail are in the time. Other work may have shared the machine."
    )
    return Section(title, about, _figures(told, load))


def _figures(told: dict[str, Any], load: float) -> list[Figure]:
    count = told["rows"]
    return [
        Figure(
            "Rows a second",
            f"{count / told['seconds']:,.0f} rows/s",
            f"{count:,.0f} rows in {told['seconds'] / 60:.1f} min; load before: {load:.1f}",
        ),
        Figure(
            "Rows a second of processor time",
            f"{count / told['processor']:,.0f} rows/s",
            f"{told['processor'] / 60:.1f} min of processor time",
        ),
        Figure(
            "Memory",
            f"{told['peak'] / 1e6:,.0f} MB",
            "largest resident set of the worker's process, Django in it",
            "1 GiB or less",
            told["peak"] <= MEMORY,
        ),
    ]


def write(path: Path, count: int) -> None:
    """That many rows, each drawn anew."""
    with path.open("w", encoding="utf-8") as target:
        for first in range(0, count, IN_A_PART):
            for number, text in enumerate(rows(min(IN_A_PART, count - first), seed=first), first):
                target.write(json.dumps({"id": number, "text": text, "label": f"topic {number % 12}"}) + "\n")
