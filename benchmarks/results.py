"""One table of figures, and the file it is written to."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = (
    "django",
    "gunicorn",
    "celery",
    "torch",
    "transformers",
    "trl",
    "peft",
    "nannyml",
    "mlflow",
    "presidio_analyzer",
    "weasyprint",
)


@dataclass(frozen=True)
class Figure:
    """One measured figure. `goal` is what was aimed at, `is_met` whether it was; both empty where there is no goal."""

    what: str
    value: str
    how: str
    goal: str = ""
    is_met: bool | None = None


@dataclass(frozen=True)
class Section:
    """Figures that belong together, with what a reader must know to judge them."""

    title: str
    about: str
    figures: list[Figure]


def write(sections: list[Section]) -> Path:
    """Write these sections into benchmarks/RESULTS.md; sections that were not measured now stay as they were.

    Each section says when and with what it was measured, so figures of different days cannot be taken for one run.
    """
    kept = _written()
    kept |= {section.title: _rendered(section) for section in sections}
    head = "# Results\n\nWritten by `make bench`. Nothing in this file is edited by hand.\n\n"
    RESULTS.write_text(head + "\n".join(kept.values()), encoding="utf-8")
    return RESULTS


def _written() -> dict[str, str]:
    """What stands in the file, by section."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = [f"## {part}".rstrip() + "\n" for part in text.split("\n## ")[1:]]
    return {part.partition("\n")[0].removeprefix("## "): part for part in parts}


def _rendered(section: Section) -> str:
    lines = [f"## {section.title}", "", section.about, "", *_machine(), ""]
    lines += ["| figure | value | goal | how |", "|---|---|---|---|"]
    lines += [f"| {item.what} | {item.value} | {_goal(item)} | {item.how} |" for item in section.figures]
    return "\n".join(lines) + "\n"


def _goal(figure: Figure) -> str:
    if figure.is_met is None:
        return figure.goal
    return f"{figure.goal}: {'met' if figure.is_met else '**missed**'}"


def _machine() -> list[str]:
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"* When: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"* Machine: {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, no GPU used",
        f"* Python {platform.python_version()}, {packages}",
        "* Database: SQLite in WAL mode, unless a line says otherwise",
    ]


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
