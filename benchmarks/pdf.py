"""PDF documents beside plain WeasyPrint in one process, on the same HTML: `python -m benchmarks pdf`.

The audit report is that of the demo's tuned version; the long one is the same of many versions (see `pdf_steps`). Both
sides start as a fresh process each time, and both times contain that start.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from pypdf import PdfReader

from benchmarks.results import Figure, Section

ROUNDS = {"pack": 3, "long": 1}
TITLES = {"pack": "the audit report", "long": "the long report"}
FASTER, MOST_MEMORY, LONG_PAGES = 1.8, 1.5 * 1024**3, 500
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Taken:
    """One way of setting one document: median seconds, and the largest memory of all its processes together."""

    seconds: float
    memory: int
    words: list[list[str]]

    @property
    def a_page(self) -> str:
        return f"{self.seconds / len(self.words):.3f} s"


def measure() -> Section:
    """Both documents, both ways; runs the demo first where it never ran."""
    var = Path(os.environ.get("VAR_DIR", "var"))
    if not (var / "demo" / "audit-pack.zip").exists():
        subprocess.run([sys.executable, "-m", "workers.demo"], check=True)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ROUNDS:
            html = Path(folder) / f"{name}.html"
            _step("html", name, str(html))
            plain, ours = _alternately(name, html)
            figures += _figures(name, plain, ours)
    about = (
        "Parts set side by side on as many processes as there are cores and joined, beside WeasyPrint alone in one"
        " process. Same HTML and style sheets, tagged as PDF/UA-1 both times; both times contain the processes' start;"
        " Django, which a worker has loaded long before, is in neither."
    )
    return Section("PDF", about, figures)


def _alternately(name: str, html: Path) -> tuple[Taken, Taken]:
    rounds = [(_taken("plain", html), _taken("ours", html)) for _ in range(ROUNDS[name])]
    plain, ours = ([pair[side] for pair in rounds] for side in (0, 1))
    return _median(plain), _median(ours)


def _median(taken: list[Taken]) -> Taken:
    return sorted(taken, key=lambda one: one.seconds)[len(taken) // 2]


def _figures(name: str, plain: Taken, ours: Taken) -> list[Figure]:
    pages, title = len(ours.words), TITLES[name]
    is_same = plain.words == ours.words
    ratio = plain.seconds / ours.seconds
    how = f"{pages} pages; median of {ROUNDS[name]}"
    memory: dict[str, Any] = {
        "goal": f"under 1.5 GB for {LONG_PAGES} pages",
        "is_met": ours.memory < MOST_MEMORY and pages >= LONG_PAGES,
    }
    faster: dict[str, Any] = {"goal": f"{FASTER} times faster", "is_met": ratio >= FASTER}
    return [
        Figure(f"A page of {title}", ours.a_page, f"{how}, {ours.seconds:.1f} s in all"),
        Figure(f"A page of {title}, plain WeasyPrint", plain.a_page, f"{how}, {plain.seconds:.1f} s in all"),
        Figure(f"Faster, {title}", f"{ratio:.2f} times", "seconds of plain WeasyPrint by seconds of ours", **faster),
        Figure(
            f"Text of {title}",
            "identical" if is_same else "different",
            "words of every page, as pypdf extracts them",
            goal="identical",
            is_met=is_same,
        ),
        Figure(
            f"Memory, {title}",
            f"{ours.memory / 1024**2:,.0f} MB",
            f"all processes together, shared pages counted once; plain WeasyPrint {plain.memory / 1024**2:,.0f} MB",
            **(memory if name == "long" else {}),
        ),
    ]


def _taken(side: str, html: Path) -> Taken:
    """Set the document in a fresh process, watching the memory of it and of all that it starts."""
    target = html.with_suffix(f".{side}.pdf")
    began, most = time.perf_counter(), 0
    process = psutil.Popen([sys.executable, "-m", "benchmarks.pdf_steps", side, str(html), str(target)])
    while process.poll() is None:
        most = max(most, _memory(process))
        time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"Setting {html.name} as {side} failed.")
    return Taken(seconds, most, [page.extract_text().split() for page in PdfReader(target).pages])


def _memory(process: psutil.Process) -> int:
    """Bytes of a process and its children: proportional set size, where the system tells it, else resident."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            told = one.memory_full_info()
        except psutil.Error:
            continue  # ended between two looks
        total += getattr(told, "pss", told.rss)
    return total


def _step(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pdf_steps", *words], check=True, capture_output=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout or "{}")
    return told
