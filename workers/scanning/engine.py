"""A scan of one table of text by all checks that were chosen, in one pass over its rows.

Everything runs on this machine without network, and the same rows and settings give the same findings, whether or not
the scan was interrupted. No raw value of what is found leaves this engine: samples are masked.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.disk import told_when_full
from workers.scanning import pieces as table
from workers.scanning import registry, spans
from workers.scanning.checkpoints import Checkpoints
from workers.scanning.checks import Check, OnProgress, Survey
from workers.scanning.config import Config, Piece, check_config
from workers.scanning.sections import digest_over, sealed

READ_UNTIL = 0.7  # share of the bar that reading takes; the checks' own work at the end has the rest


@dataclass(frozen=True)
class Result:
    """Sections by check, how they came about, and one digest over them. ``spans_path`` is empty without a work_dir."""

    rows: int
    columns: tuple[str, ...]
    copy_columns: tuple[str, ...]
    checks: tuple[str, ...]
    sections: dict[str, dict[str, Any]]
    spans_path: str
    seed: int
    seconds: float

    def told(self, **more: dict[str, Any]) -> dict[str, Any]:
        """As it is stored: the sections side by side with `more` made elsewhere, and a digest over all of them."""
        sections = self.sections | {name: sealed(section) for name, section in more.items()}
        return {
            "rows": self.rows,
            "columns": list(self.columns),
            "copy_columns": list(self.copy_columns),
            "checks": list(self.checks),
            **sections,
            "method": " ".join(str(section.get("method", "")) for section in sections.values()).strip(),
            "versions": {k: v for section in sections.values() for k, v in section.get("versions", {}).items()},
            "seed": self.seed,
            "seconds": self.seconds,
            "digest": digest_over(sections),
        }


def run(config: Config, on_progress: OnProgress) -> Result:
    """Scan the table.

    Raises EngineError for a file that cannot be read, for columns and checks that are not there, scan.input,
    scan.threshold, scan.sample and disk.full. ``on_progress`` may raise to cancel.
    """
    started = time.monotonic()
    check_config(config)
    names = registry.chosen(config)
    with told_when_full(), _folder(config) as folder:
        kept = Checkpoints(folder, config)
        survey, pieces = _surveyed(config, kept, on_progress)
        checks = [registry.make(name, config, survey, kept.bulk(name)) for name in names]
        _read(config, checks, survey, pieces, kept, on_progress)
        sections = _finish(checks, kept, on_progress)
        places = folder / spans.FILENAME
        spans.merge([kept.bulk(name) for name in names], places)
        on_progress(1.0, "Scan finished")
        return Result(
            rows=survey.rows,
            columns=survey.columns,
            copy_columns=survey.copy_columns,
            checks=names,
            sections=sections,
            spans_path=str(places) if config.work_dir else "",
            seed=config.seed,
            seconds=round(time.monotonic() - started, 3),
        )


@contextmanager
def _folder(config: Config) -> Iterator[Path]:
    if config.work_dir:
        yield Path(config.work_dir)
        return
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        yield Path(folder) / "work"


def _surveyed(config: Config, kept: Checkpoints, on_progress: OnProgress) -> tuple[Survey, tuple[Piece, ...]]:
    known = kept.survey()
    if known is None:
        on_progress(0.0, "Counting rows")
        known = table.survey(config)
        kept.keep_survey(*known)
    return known


def _read(
    config: Config,
    checks: list[Check],
    survey: Survey,
    pieces: tuple[Piece, ...],
    kept: Checkpoints,
    on_progress: OnProgress,
) -> None:
    """Feed all rows behind the last save to every check."""
    done = kept.restore(checks)
    if done:
        row = pieces[done].first_row if done < len(pieces) else survey.rows
        on_progress(_share(row, survey), f"Going on at row {row + 1} of {survey.rows}, behind piece {done}")
    saved_at = time.monotonic()
    for number, piece in enumerate(pieces[done:], start=done + 1):
        for batch in table.batches(piece, survey.columns):
            on_progress(_share(batch.first_row, survey), f"Searching row {batch.first_row + 1} of {survey.rows}")
            for check in checks:
                check.feed(batch)
        if number == len(pieces) or time.monotonic() - saved_at >= config.save_every_s:
            kept.save(checks, number)
            saved_at = time.monotonic()


def _share(row: int, survey: Survey) -> float:
    return 0.02 + (READ_UNTIL - 0.02) * row / survey.rows


def _finish(checks: list[Check], kept: Checkpoints, on_progress: OnProgress) -> dict[str, dict[str, Any]]:
    """Every check's section, each kept as soon as it is there."""
    sections = {}
    part = (0.99 - READ_UNTIL) / len(checks)
    for number, check in enumerate(checks):
        begin = READ_UNTIL + part * number

        def tell(fraction: float, message: str, begin: float = begin) -> None:
            on_progress(begin + part * min(max(fraction, 0.0), 1.0), message)

        section = kept.section(check.name)
        if section is None:
            tell(0.0, f"Finishing: {check.name.replace('_', ' ')}")
            section = sealed(check.finish(tell))
            kept.keep_section(check.name, section)
        sections[check.name] = section
    return sections
