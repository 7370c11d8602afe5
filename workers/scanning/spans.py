"""Places of findings, one JSON object a line, for the portal to mask and to redact by.

``{"row", "column", "start", "end", "entity", "check"}``, with ``"path"`` where the text is nested in its cell: the keys
and positions that lead to it. Characters [start, end) count in the text as `rows.texts` gives it; a long number counts
as its digits. No line holds what was found.
"""

import heapq
import json
import os
from collections.abc import Iterator
from pathlib import Path

FILENAME = "spans.jsonl"
WAITING = 1_000  # lines in memory


class Spans:
    """The places that one check found so far, in a file that grows."""

    def __init__(self, folder: Path, check: str) -> None:
        self._check, self._path = check, folder / FILENAME
        self._path.touch()
        self._waiting: list[str] = []

    def cut_to(self, length: int) -> None:
        """Forget what was written after the last save, when the file had `length` bytes."""
        os.truncate(self._path, length)

    def add(self, row: int, column: str, path: list[str | int], start: int, end: int, entity: str) -> None:
        place = {"row": row, "column": column, "start": start, "end": end, "entity": entity, "check": self._check}
        written = place | ({"path": path} if path else {})
        self._waiting.append(json.dumps(written, separators=(",", ":")) + "\n")
        if len(self._waiting) >= WAITING:
            self.flush()

    def flush(self) -> int:
        """Write what waits; the file's length in bytes."""
        with self._path.open("a", encoding="ascii") as stream:
            stream.writelines(self._waiting)
            self._waiting.clear()
            stream.flush()
            return stream.tell()


def merge(folders: list[Path], target: Path) -> int:
    """Write the places of all checks to `target`, by row; how many there are."""
    streams = [_numbered(folder / FILENAME) for folder in folders if (folder / FILENAME).is_file()]
    count = 0
    with target.open("w", encoding="utf-8", newline="\n") as written:
        for _, line in heapq.merge(*streams, key=lambda item: item[0]):
            written.write(line)
            count += 1
    return count


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield int(json.loads(line)["row"]), line
