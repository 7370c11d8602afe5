"""Feeding one check by hand: at once, or half before and half after a kill."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workers.scanning import rows
from workers.scanning.checks import Batch, Check, Survey
from workers.scanning.config import Config

Make = Callable[[Config, Survey, Path], Check]
Table = Sequence[dict[str, Any]]


def quiet(fraction: float, message: str) -> None:
    assert 0 <= fraction <= 1 and message


def survey_of(table: Table) -> Survey:
    columns = tuple(dict.fromkeys(name for row in table for name in row))
    return Survey(len(table), columns, columns)


def batches(table: Table, first: int = 0, size: int = 200) -> list[Batch]:
    columns = survey_of(table).columns
    return [
        Batch(
            start,
            list(part := table[start : start + size]),
            [{name: list(rows.texts(row.get(name))) for name in columns} for row in part],
        )
        for start in range(first, len(table), size)
    ]


def section(make: Make, table: Table, folder: Path, config: Config | None = None) -> dict[str, Any]:
    """What the check says of the whole table."""
    folder.mkdir(parents=True, exist_ok=True)
    check = make(config or Config(), survey_of(table), folder)
    for batch in batches(table):
        check.feed(batch)
    return check.finish(quiet)


def section_after_kill(make: Make, table: Table, folder: Path, config: Config | None = None) -> dict[str, Any]:
    """The same, where the scan was killed some rows behind its only save and went on from there."""
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = folder.with_name(f"{folder.name}-snapshot")
    snapshot.mkdir()
    size = max(1, len(table) // 7)
    parts = batches(table, size=size)
    killed = make(config or Config(), survey_of(table), folder)
    for number, batch in enumerate(parts):
        if number == 3:
            killed.save(snapshot)
        if number < 5:
            killed.feed(batch)
    fresh = make(config or Config(), survey_of(table), folder)
    fresh.restore(snapshot)
    for batch in parts[3:]:
        fresh.feed(batch)
    return fresh.finish(quiet)
