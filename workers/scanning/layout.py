"""Lays out what a scan reads: the version's rows in pieces, and the tables to compare with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.catalog.models import DatasetVersion, ScanRun
from apps.core import tables
from workers.doors import checked_path, engine_settings
from workers.scanning.config import Config, Piece

PIECE_BYTES = 4 << 20  # of JSON Lines, where another format is converted: what a kill may cost, at the most
DONE = "done.json"
OnProgress = Callable[[float, str], None]


def config_for(run: ScanRun, folder: Path, on_progress: OnProgress) -> Config:
    """Everything the engine is told for this run. Raises Conflict when stored bytes lost their digest."""
    version = run.dataset_version
    return Config(
        pieces=pieces_of(version, folder / "rows", on_progress),
        work_dir=str(folder / "scan"),
        known_columns=tuple(str(column["name"]) for column in version.columns),
        **engine_settings(run),
    )


def pieces_of(version: DatasetVersion, folder: Path, on_progress: OnProgress) -> tuple[Piece, ...]:
    """The version's rows as JSON Lines files. An earlier attempt's conversion is taken up when it was finished."""
    stored = checked_path(version.digest, str(version))
    if version.format == "jsonl":
        return (Piece(str(stored), digest=version.digest),)
    if not (folder / DONE).is_file():
        _convert(version, stored, folder, on_progress)
    return tuple(Piece(**piece) for piece in json.loads((folder / DONE).read_text("utf-8")))


def _convert(version: DatasetVersion, stored: Path, folder: Path, on_progress: OnProgress) -> None:
    """Write the rows of another format as JSON Lines, cut into pieces; the list of them is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[dict[str, Any]] = []
    lines: list[str] = []
    size = first = 0
    for row in tables.iter_rows(stored, version.format):
        lines.append(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        size += len(lines[-1])
        if size >= PIECE_BYTES:
            pieces.append(_write(folder, first, lines))
            first, size, lines = first + len(lines), 0, []
            on_progress(0.0, f"Reading row {first} of {version.rows}")
    if lines:
        pieces.append(_write(folder, first, lines))
    fresh = folder / f"{DONE}.new"
    fresh.write_text(json.dumps(pieces), encoding="utf-8")
    fresh.replace(folder / DONE)


def _write(folder: Path, first: int, lines: list[str]) -> dict[str, Any]:
    path = folder / f"{first:012d}.jsonl"
    path.write_text("".join(lines), encoding="utf-8", errors="surrogatepass")
    return {"path": str(path), "first_row": first, "rows": len(lines)}
