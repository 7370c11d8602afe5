"""Plain text: every line that is not blank is a row with one column, ``text``."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from apps.core.tables.lines import Record, lines_of
from apps.core.tables.schema import TEXT, Schema


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """The lines with content, without their ends."""
    with path.open("rb") as stream:
        yield from (row for _, row in records(stream, schema) if row is not None)


def records(stream: BinaryIO, schema: Schema, before: int = 0) -> Iterator[Record]:
    """Every line's bytes with its row, None for a blank line. `before` lines of the file are behind."""
    schema.declare("text", TEXT)
    for line in lines_of(stream, before):
        if not line.text.strip():
            yield Record(line.raw, None)
            continue
        schema.count()
        yield Record(line.raw, {"text": line.text})
