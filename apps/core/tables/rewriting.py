"""Writing a table anew with some of its rows taken out, changed or added, and every other byte as it was.

What stays as it was is cut into the same chunks as before, so storing the new file takes little more than the changes.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from apps.core.tables import delimited, iter_records
from apps.core.tables.formats import CSV, JSONL, UTF8_MARK

OnShare = Callable[[float], None]


@dataclass(frozen=True)
class Edit:
    """What becomes of one row: taken out, or replaced by a row of another file, whole or in these columns only."""

    row: int | None = None
    columns: tuple[str, ...] = ()


def rewrite(
    path: Path,
    format: str,
    target: Path,
    *,
    other: Path,
    edits: Mapping[int, Edit],
    appended: Sequence[int],
    on_share: OnShare,
) -> None:
    """Write the rows of `path` to `target`: edited by number, then those rows of `other` that are `appended`.

    Both files are JSON Lines, CSV or text, of the same columns in any order. Rows that are not edited keep their
    bytes; a row that is taken over whole keeps the bytes that it has in the other file where these mean the same here.
    """
    wanted = {edit.row for edit in edits.values() if edit.row is not None} | set(appended)
    size = max(1, path.stat().st_size)
    with other.open("rb") as theirs, target.open("wb") as out:
        writer = _Writer(out, path, other, format, theirs, _places(other, format, wanted))
        number = done = 0
        for data, row in iter_records(path, format):
            done += len(data)
            if row is None:
                writer.raw(data)
                continue
            edit = edits.get(number)
            if edit is None:
                writer.raw(data)
            elif edit.row is not None:
                writer.replace(row, edit)
            number += 1
            if number % 10_000 == 0:
                on_share(done / size)
        for number in appended:
            writer.take(number)


def _places(path: Path, format: str, wanted: set[int]) -> dict[int, tuple[int, int]]:
    """Where these rows stand in a file: first byte and length."""
    places: dict[int, tuple[int, int]] = {}
    at = number = 0
    for data, row in iter_records(path, format) if wanted else ():
        if row is not None:
            if number in wanted:
                places[number] = (at, len(data))
            number += 1
        at += len(data)
    return places


class _Writer:
    """Puts rows into the new file, each ended by a line end, in the manner of the file that is rewritten."""

    def __init__(
        self,
        out: BinaryIO,
        path: Path,
        other: Path,
        format: str,
        theirs: BinaryIO,
        places: Mapping[int, tuple[int, int]],
    ) -> None:
        self._out, self._format, self._theirs, self._places = out, format, theirs, places
        self._is_open = False
        self._header, self._mark = _manner(path) if format == CSV else ([], ",")
        self._other_header, other_mark = _manner(other) if format == CSV else ([], ",")
        self._other_mark = other_mark
        self._is_alike = format != CSV or (self._header, self._mark) == (self._other_header, other_mark)

    def raw(self, data: bytes) -> None:
        """Bytes as they are; a last line that nothing closed is closed before more follows."""
        if self._is_open:
            self._out.write(b"\n")
        self._out.write(data)
        self._is_open = not data.endswith(b"\n")

    def replace(self, row: Mapping[str, Any], edit: Edit) -> None:
        """A row of the other file in the place of this one, or this one with some of its values."""
        if edit.row is None:
            return
        if not edit.columns:
            self.take(edit.row)
            return
        theirs = self._row(edit.row)
        self.raw(self._written(dict(row) | {name: theirs[name] for name in edit.columns}))

    def take(self, number: int) -> None:
        """A row of the other file."""
        if self._is_alike:
            self.raw(self._bytes(number).removeprefix(UTF8_MARK))
        else:
            self.raw(self._written(self._row(number)))

    def _bytes(self, number: int) -> bytes:
        start, length = self._places[number]
        self._theirs.seek(start)
        return self._theirs.read(length)

    def _row(self, number: int) -> dict[str, Any]:
        text = self._bytes(number).decode("utf-8-sig")
        if self._format == JSONL:
            found: dict[str, Any] = json.loads(text)
            return found
        if self._format != CSV:
            return {"text": text.rstrip("\r\n")}
        cells = next(cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=self._other_mark) if cells)
        return dict(zip(self._other_header, cells, strict=True))

    def _written(self, row: Mapping[str, Any]) -> bytes:
        if self._format == JSONL:
            return json.dumps(row, ensure_ascii=False).encode() + b"\n"
        if self._format != CSV:
            return str(row["text"]).encode() + b"\n"
        text = io.StringIO(newline="")
        cells = ["" if row[name] is None else row[name] for name in self._header]
        csv.writer(text, delimiter=self._mark, lineterminator="\n").writerow(cells)
        return text.getvalue().encode()


def _manner(path: Path) -> tuple[list[str], str]:
    """The names of a CSV file's columns in their order, and what stands between cells."""
    mark = delimited.separator(path)
    for data, row in iter_records(path, CSV):
        if row is None and (text := data.decode("utf-8-sig")).strip():
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
            return [cell.strip() for cell in cells], mark
    raise ValueError("a CSV file without a header")
