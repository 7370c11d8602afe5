"""Where a scan keeps what it needs to go on after it was killed, and which of it is whole.

A snapshot counts when its marker exists; the marker is written after everything else, by renaming. A folder that was
written for other rows, settings or checks is cleared first.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.scanning.checks import Check, Survey
from workers.scanning.config import Config, Piece
from workers.scanning.sections import canonical

MARKER = "complete.json"
# What decides what is found; a snapshot of another version of them is of no use.
DECIDING = ("presidio_analyzer", "spacy", "phonenumbers", "tldextract", "py3langid", "numpy", "scikit-learn")


SHAPE = 2  # of what the checks save; a snapshot of another shape is of no use either


class Checkpoints:
    """The folder of one scan."""

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder = folder
        wanted = _fingerprint(config)
        stated = folder / "fingerprint"
        if folder.is_dir() and (not stated.is_file() or stated.read_text("utf-8") != wanted):
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _write(stated, wanted)
        if not any((snapshot / MARKER).is_file() for snapshot in folder.glob("snapshot-*")):
            shutil.rmtree(folder / "bulk", ignore_errors=True)  # written by an attempt that never saved

    def bulk(self, check: str) -> Path:
        """The folder of a check that outlives restarts."""
        return self._folder / "bulk" / check

    def survey(self) -> tuple[Survey, tuple[Piece, ...]] | None:
        """What an earlier attempt counted."""
        stored = _read(self._folder / "survey.json")
        if stored is None:
            return None
        facts = stored["survey"]
        survey = Survey(facts["rows"], tuple(facts["columns"]), tuple(facts["copy_columns"]))
        return survey, tuple(Piece(**piece) for piece in stored["pieces"])

    def keep_survey(self, survey: Survey, pieces: tuple[Piece, ...]) -> None:
        _write(
            self._folder / "survey.json",
            json.dumps({"survey": asdict(survey), "pieces": [asdict(piece) for piece in pieces]}),
        )

    def restore(self, checks: Iterable[Check]) -> int:
        """Give every check what it saved last; the number of pieces that are done. What is half-written goes."""
        whole = None
        for snapshot in sorted(self._folder.glob("snapshot-*"), key=_done):
            if not (snapshot / MARKER).is_file():
                shutil.rmtree(snapshot)
                continue
            whole = snapshot
        if whole is None:
            return 0
        for check in checks:
            check.restore(whole / check.name)
        return _done(whole)

    def save(self, checks: Iterable[Check], done: int) -> None:
        """A new snapshot behind `done` pieces; older ones go once it is whole."""
        fresh = self._folder / f"snapshot-{done}"
        shutil.rmtree(fresh, ignore_errors=True)
        for check in checks:
            (fresh / check.name).mkdir(parents=True)
            check.save(fresh / check.name)
        _write(fresh / MARKER, json.dumps({"pieces": done}))
        for old in self._folder.glob("snapshot-*"):
            if old != fresh:
                shutil.rmtree(old)

    def section(self, check: str) -> dict[str, Any] | None:
        """The section of a check that an earlier attempt finished."""
        return _read(self._folder / "sections" / f"{check}.json")

    def keep_section(self, check: str, section: dict[str, Any]) -> None:
        (self._folder / "sections").mkdir(exist_ok=True)
        _write(self._folder / "sections" / f"{check}.json", canonical(section))


def _fingerprint(config: Config) -> str:
    facts = asdict(config)
    for name in ("work_dir", "save_every_s"):
        del facts[name]
    for piece in facts["pieces"]:
        if piece["digest"]:  # the same bytes, wherever they lie
            del piece["path"]
    packages = {name: version(name) for name in DECIDING}
    return hashlib.sha256(canonical({"config": facts, "packages": packages, "shape": SHAPE}).encode()).hexdigest()


def _done(snapshot: Path) -> int:
    return int(snapshot.name.removeprefix("snapshot-"))


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else None
