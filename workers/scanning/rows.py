"""Rows of a JSON Lines file and the texts in their columns."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from workers.errors import EngineError

# The portal bounds a line of an upload to 8 MiB; written anew as JSON it may grow by escapes, never beyond this.
MAX_LINE_BYTES = 64 * 1024 * 1024
# Shorter whole numbers are ages, counts and years; card, account and phone numbers have more digits.
_MIN_DIGITS = 7


def read(path: str) -> Iterator[dict[str, object]]:
    """Every row. Raises EngineError data.not_found, data.encoding, data.not_json, data.line_too_long."""
    file = Path(path)
    if not file.is_file():
        raise EngineError("data.not_found", f"There is no data file named {file.name!r}.")
    with file.open("rb") as stream:
        number = 0
        while raw := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(raw) > MAX_LINE_BYTES:
                raise EngineError("data.line_too_long", f"Line {number} is longer than {MAX_LINE_BYTES >> 20} MiB.")
            if raw.strip():
                yield _parse(raw, number)


def _parse(raw: bytes, number: int) -> dict[str, object]:
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


def _long_number(value: int | float) -> Iterator[str]:
    if abs(value) < 1e18 and value == int(value) and len(written := str(abs(int(value)))) >= _MIN_DIGITS:
        yield written


def words(column: str) -> list[str]:
    """The words of a column's name, lower case: ``customerPhone_no`` gives customer, phone, no."""
    return [word.lower() for word in re.findall(r"[^\W\d_][^\W\d_A-Z]*", column)]
