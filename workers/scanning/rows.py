"""Rows of a JSON Lines file and the texts in their columns."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workers.errors import EngineError

# The portal bounds a line of an upload to 8 MiB; written anew as JSON it may grow by escapes, never beyond this.
MAX_LINE_BYTES = 64 * 1024 * 1024
# Shorter whole numbers are ages, counts and years; card, account and phone numbers have more digits.
_MIN_DIGITS = 7
MAX_IDENTIFIER = 64  # characters; a UUID has 36, a SHA-256 digest 64


def read(path: str, before: int = 0) -> Iterator[dict[str, Any]]:
    """Every row. `before` rows lie in earlier pieces of the table, for the numbers of lines in errors.

    Raises EngineError data.not_found, data.encoding, data.not_json, data.line_too_long.
    """
    file = Path(path)
    if not file.is_file():
        raise EngineError("data.not_found", f"There is no data file named {file.name!r}.")
    with file.open("rb") as stream:
        number = before
        while raw := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(raw) > MAX_LINE_BYTES:
                raise EngineError("data.line_too_long", f"Line {number} is longer than {MAX_LINE_BYTES >> 20} MiB.")
            if raw.strip():
                yield _parse(raw, number)


def _parse(raw: bytes, number: int) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except UnicodeDecodeError:
        raise EngineError("data.encoding", f"Line {number} is not UTF-8 text.") from None
    except (ValueError, RecursionError):  # the errors hold the line: do not chain them
        raise EngineError("data.not_json", f"Line {number} is not valid JSON; the file may be cut off.") from None
    if not isinstance(row, dict):
        raise EngineError("data.not_json", f"Line {number} is not a JSON object.")
    return row


def texts(value: object) -> Iterator[str]:
    """The texts in a cell: itself, those nested in lists and objects, and long whole numbers written out."""
    if isinstance(value, str):
        # Half characters from JSON escapes become question marks: no tokeniser takes them.
        yield value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _long_number(value)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[list[str | int], str]]:
    """The same texts in the same order, each with the keys and positions that lead to it."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from places(item, (*path, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    else:
        for text in texts(value):
            yield list(path), text


def _long_number(value: int | float) -> Iterator[str]:
    if abs(value) < 1e18 and value == int(value) and len(written := str(abs(int(value)))) >= _MIN_DIGITS:
        yield written


def words(column: str) -> list[str]:
    """The words of a column's name, lower case: ``customerPhone_no`` gives customer, phone, no."""
    return [word.lower() for word in re.findall(r"[^\W\d_][^\W\d_A-Z]*", column)]


class Identifiers:
    """Columns that number the rows: one short word or number in every row, never the same twice."""

    def __init__(self) -> None:
        self._values: dict[str, set[int]] = {}
        self._others: set[str] = set()
        self._rows = 0

    def add(self, row: dict[str, object]) -> None:
        self._rows += 1
        for name, value in row.items():
            if name not in self._others:
                self._take(name, value)

    def _take(self, name: str, value: object) -> None:
        written = str(value)
        values = self._values.setdefault(name, set())
        size = len(values)
        values.add(hash(written))
        plain = isinstance(value, str | int) and 0 < len(written) <= MAX_IDENTIFIER and not re.search(r"\s", written)
        if not plain or len(values) == size:
            self._others.add(name)
            del self._values[name]

    def names(self) -> frozenset[str]:
        """Those columns; none in a table of one row, which has nothing to tell apart."""
        return frozenset(name for name, values in self._values.items() if self._rows > 1 and len(values) == self._rows)
