"""`kill -9` in the middle of a scan of many pieces, and what the next attempt makes of it."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from workers.scanning import checkpoints, engine
from workers.scanning.checks import Batch
from workers.scanning.config import Config, Piece

from . import planted

PIECES, ROWS = 12, 60
CHECKS = ("personal_data", "duplicates")
# Scans in a process of its own, until it is killed.
RUN = """
import sys
from workers.scanning import engine
from workers.scanning.config import Config, Piece
pieces = tuple(Piece(path) for path in sys.argv[2:])
engine.run(Config(pieces=pieces, work_dir=sys.argv[1], save_every_s=0, checks=("personal_data", "duplicates")),
           lambda fraction, message: None)
"""


@pytest.fixture
def pieces(tmp_path: Path) -> tuple[Piece, ...]:
    """A table of planted rows, cut into many files."""
    planted.write(tmp_path / "whole.jsonl", PIECES * ROWS)
    lines = (tmp_path / "whole.jsonl").read_text("utf-8").splitlines(keepends=True)
    for number in range(PIECES):
        (tmp_path / f"{number:02}.jsonl").write_text("".join(lines[number * ROWS : (number + 1) * ROWS]), "utf-8")
    return tuple(Piece(str(tmp_path / f"{number:02}.jsonl")) for number in range(PIECES))


class Log:
    """What was told, and an end at a given message."""

    def __init__(self, stop_at: str = "never") -> None:
        self.lines: list[str] = []
        self._stop_at = stop_at

    def __call__(self, fraction: float, message: str) -> None:
        self.lines.append(message)
        if message.startswith(self._stop_at):
            raise InterruptedError


def _config(pieces: tuple[Piece, ...], folder: Path) -> Config:
    return Config(pieces=pieces, work_dir=str(folder), save_every_s=0, checks=CHECKS)


def _kill_half_way(config: Config) -> int:
    """Start the scan in another process and end it without warning; how many pieces it had saved."""
    process = subprocess.Popen([sys.executable, "-c", RUN, config.work_dir, *(piece.path for piece in config.pieces)])
    until, folder = time.monotonic() + 120, Path(config.work_dir)
    try:
        while not list(folder.glob(f"snapshot-*/{checkpoints.MARKER}")):
            assert process.poll() is None and time.monotonic() < until, "it ended before it saved anything"
            time.sleep(0.002)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL
    return max(int(path.parent.name.rpartition("-")[2]) for path in folder.glob(f"snapshot-*/{checkpoints.MARKER}"))


def test_a_killed_scan_goes_on_where_it_was(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    config = _config(pieces, tmp_path / "work")
    saved = _kill_half_way(config)
    assert 0 < saved < PIECES, "it was killed half-way"
    log = Log()
    resumed = engine.run(config, log)
    row = saved * ROWS + 1
    assert f"Going on at row {row} of {PIECES * ROWS}, behind piece {saved}" in log.lines
    assert not any(f"Searching row {number} " in line for number in range(row) for line in log.lines)
    whole = engine.run(_config(pieces, tmp_path / "other"), Log())
    assert resumed.sections == whole.sections
    assert Path(resumed.spans_path).read_bytes() == Path(whole.spans_path).read_bytes()
    one_file = engine.run(Config(input_path=str(tmp_path / "whole.jsonl"), checks=CHECKS), Log())
    assert one_file.sections == whole.sections, "where the table is cut changes nothing"


def test_what_was_found_after_the_last_save_is_not_counted_twice(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    config = replace(_config(pieces, tmp_path / "work"), save_every_s=0)
    for stop in (5, 6, 9):  # the middle of a piece: batches are smaller than pieces only by their rest
        with pytest.raises(InterruptedError):
            engine.run(config, Log(f"Searching row {stop * ROWS + 1} "))
    whole = engine.run(_config(pieces, tmp_path / "other"), Log())
    assert engine.run(config, Log()).sections == whole.sections


def test_finished_sections_are_not_made_again(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    config = _config(pieces, tmp_path / "work")
    with pytest.raises(InterruptedError):
        engine.run(config, Log("Finishing: duplicates"))
    log = Log()
    resumed = engine.run(config, log)
    assert "Finishing: personal data" not in log.lines and "Finishing: duplicates" in log.lines
    assert resumed.sections == engine.run(_config(pieces, tmp_path / "other"), Log()).sections


def test_other_settings_or_rows_begin_anew(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    config = _config(pieces, tmp_path / "work")
    with pytest.raises(InterruptedError):
        engine.run(config, Log("Finishing"))
    log = Log()
    engine.run(replace(config, languages=("de",)), log)
    assert not any(line.startswith("Going on") for line in log.lines)


def test_a_half_written_snapshot_does_not_count(tmp_path: Path) -> None:
    config = Config(input_path="x")

    class Counter:
        name = "counter"
        seen = 0

        def restore(self, snapshot: Path) -> None:
            self.seen = int((snapshot / "seen").read_text())

        def feed(self, batch: Batch) -> None:
            self.seen += len(batch.rows)

        def save(self, snapshot: Path) -> None:
            (snapshot / "seen").write_text(str(self.seen))

        def finish(self, on_progress: object) -> dict[str, object]:
            return {"seen": self.seen}

    kept, counter = checkpoints.Checkpoints(tmp_path / "c", config), Counter()
    counter.seen = 7
    kept.save([counter], 2)
    (tmp_path / "c" / "snapshot-3" / "counter").mkdir(parents=True)
    again = Counter()
    assert checkpoints.Checkpoints(tmp_path / "c", config).restore([again]) == 2
    assert again.seen == 7 and not (tmp_path / "c" / "snapshot-3").exists()


def test_places_are_listed_with_their_paths(tmp_path: Path) -> None:
    text = "I am anna@example.org"
    rows = [{"a": "none"}, {"a": f"x {text}", "m": [{"content": "hello"}, {"content": text}]}]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = engine.run(Config(input_path=str(path), work_dir=str(tmp_path / "w"), checks=("personal_data",)), Log())
    places = [json.loads(line) for line in Path(result.spans_path).read_text("utf-8").splitlines()]
    assert places == [
        {"row": 1, "column": "a", "start": 7, "end": 23, "entity": "EMAIL_ADDRESS", "check": "personal_data"},
        {
            "row": 1,
            "column": "m",
            "start": 5,
            "end": 21,
            "entity": "EMAIL_ADDRESS",
            "check": "personal_data",
            "path": [1, "content"],
        },
    ]
