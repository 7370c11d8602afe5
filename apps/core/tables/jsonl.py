"""JSON Lines (https://jsonlines.org): one JSON object a line, strictly RFC 8259.

Nothing is lost between the lines: a key that comes twice, NaN, half a character, and numbers that would read as
infinite or as 0 are refused by their line.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from apps.core.errors import Invalid
from apps.core.tables.exact import MAYBE_HUGE, is_kept
from apps.core.tables.lines import Line, Record, lines_of, truncated
from apps.core.tables.schema import Schema, duplicate


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """Every object; blank lines are passed over."""
    with path.open("rb") as stream:
        yield from (row for _, row in records(stream, schema) if row is not None)


def records(stream: BinaryIO, schema: Schema, before: int = 0) -> Iterator[Record]:
    """Every line's bytes with its object, None for a blank line. `before` lines of the file are behind."""
    for line in lines_of(stream, before):
        if not line.text.strip():
            yield Record(line.raw, None)
            continue
        row = _parse(line)
        schema.take_object(row, line.number)
        yield Record(line.raw, row)


def check(raw: bytes, number: int, schema: Schema) -> None:
    """Take one line that holds an object, whose number is given."""
    for _ in records(io.BytesIO(raw), schema, number - 1):
        pass


def _parse(line: Line) -> dict[str, object]:
    try:
        whole = _whole if MAYBE_HUGE.search(line.text) else None
        value = json.loads(
            line.text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_fraction, parse_int=whole
        )
    except _DuplicateKey:
        raise duplicate(f"Line {line.number} names the same key twice.") from None
    except json.JSONDecodeError as error:  # holds the line itself: never chain it
        if not line.ended and (line.number > 1 or _ran_out(error, line)):
            raise truncated(line.number) from None
        raise _bad(line.number, f"is not valid JSON (character {error.pos + 1})") from None
    except RecursionError:
        raise _bad(line.number, "is nested too deeply") from None
    except _NotJson:
        raise _bad(line.number, "holds NaN or Infinity, which is no number in JSON", _INSTEAD) from None
    except ValueError:  # too many digits as well
        reason = "holds a number too large or too close to 0 to be kept: it would read as infinity or as 0"
        raise _bad(line.number, reason, _INSTEAD) from None
    if not isinstance(value, dict) or not value:
        raise _bad(line.number, "is not a JSON object with at least one key")
    if "\\u" in line.text:
        _refuse_bad_escapes(value, line.number)
    return value


def _ran_out(error: json.JSONDecodeError, line: Line) -> bool:
    return error.pos >= len(line.text.rstrip()) or error.msg.startswith("Unterminated string")


class _DuplicateKey(Exception):
    pass


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise _DuplicateKey
    return row


class _NotJson(ValueError):
    pass


def _no_constant(name: str) -> float:
    raise _NotJson  # RFC 8259, 6


def _fraction(written: str) -> float:
    if not is_kept(written):
        raise ValueError
    return float(written)


def _whole(written: str) -> int:
    if not is_kept(written):
        raise ValueError
    return int(written)


def _refuse_bad_escapes(value: dict[str, object], number: int) -> None:
    """Escapes can spell half a character or NUL, which neither UTF-8 files nor databases can hold."""
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        raise _bad(number, "holds half of a character (a lone surrogate)") from None
    if "\\u0000" in text:
        raise _bad(number, "holds a NUL character")


_OBJECT = 'Write one JSON object a line, such as {"question": "…", "answer": "…"}.'
_INSTEAD = "Write it as text, in quotation marks, or null where there is no value."


def _bad(number: int, reason: str, remedy: str = _OBJECT) -> Invalid:
    return Invalid(f"Line {number} {reason}.", code="table.bad_json", remedy=remedy)
