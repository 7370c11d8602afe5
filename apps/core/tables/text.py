"""Plain text: every line that is not blank is a row with one column, ``text``."""

from collections.abc import Iterator
from pathlib import Path

from apps.core.tables.lines import lines
from apps.core.tables.schema import TEXT, Schema


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """The lines with content, without their ends."""
    schema.declare("text", TEXT)
    for line in lines(path):
        if line.text.strip():
            schema.count()
            yield {"text": line.text}
