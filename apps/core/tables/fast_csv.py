"""CSV checked a block at a time by Arrow, and never more leniently than record by record.

A block passes here only where quotation marks stand as RFC 4180 has them and every record has as many cells as the
header; anything else goes to the strict reader (`delimited`), from the block's first record on.
"""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from apps.core.tables.lines import MAX_LINE_BYTES
from apps.core.tables.schema import EMPTY, INTEGER, NUMBER, TEXT, Schema

# As in `schema`, but for digits of other scripts and numbers near the ends of what can be kept: a column with such is
# looked at cell by cell.
_INTEGER = r"^[+-]?[0-9]{1,18}$"
_NUMBER = r"^[+-]?([0-9]{1,18}|[0-9]{1,100}\.[0-9]{0,100}|\.[0-9]{1,100})([eE][+-]?[0-9]{1,2})?$"


def whole_records(data: bytes) -> int:
    """The length of the records at the beginning of `data` that end in it, the quotation marks being regular."""
    end, odd = len(data), data.count(b'"') % 2
    while end > 0:
        start = data.rfind(b"\n", 0, end)
        odd ^= data.count(b'"', start + 1, end) % 2
        if start < 0 or not odd:
            return start + 1
        end = start
    return 0


def rows_taken(block: bytes, names: list[str], mark: str, schema: Schema) -> bool:
    """Count the block's rows and widen the columns' types; False, with nothing done, where the strict reader must."""
    if len(block) > MAX_LINE_BYTES or b"\x00" in block or block.count(b"\r") != block.count(b"\r\n"):
        return False
    has_quotes = b'"' in block
    if has_quotes and not _is_regular(block, mark.encode()):
        return False
    try:
        table = _read(block, names, mark, has_quotes)
    except (pa.ArrowException, UnicodeDecodeError):
        return False
    for name in schema.names():
        _widen(schema, name, table.column(name))
    schema.count(table.num_rows)
    return True


def _is_regular(block: bytes, mark: bytes) -> bool:
    """Whether every quotation mark opens a cell, closes one, or is doubled inside one."""
    parts = block.split(b'"')
    if len(parts) % 2 == 0:
        return False
    before, after = (mark, b"\n"), (mark, b"\n", b"\r")
    outside = parts[2:-1:2]
    if parts[0] and not parts[0].endswith(before) or parts[-1] and not parts[-1].startswith(after):
        return False
    return all(not part or part.startswith(after) and part.endswith(before) for part in outside)


def _read(block: bytes, names: list[str], mark: str, has_quotes: bool) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(block),
        read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        parse_options=pa_csv.ParseOptions(delimiter=mark, newlines_in_values=has_quotes),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _widen(schema: Schema, name: str, cells: pa.ChunkedArray) -> None:
    known = schema.type_of(name)
    if known == TEXT or cells.null_count == len(cells):
        return
    if known in (EMPTY, INTEGER) and _all(cells, _INTEGER):
        schema.widen(name, INTEGER)
    elif known in (EMPTY, INTEGER, NUMBER) and _all(cells, _NUMBER):
        schema.widen(name, NUMBER)
    else:
        for cell in cells.to_pylist():
            schema.take_cell(name, cell)


def _all(cells: pa.ChunkedArray, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(cells, pattern), min_count=0).as_py() is not False


def records_of(block: bytes) -> Iterator[tuple[bytes, int]]:
    """The bytes of each record of a regular block, with 1 for a row and 0 for a blank line."""
    if b'"' not in block:
        yield from ((line, int(line not in (b"\n", b"\r\n"))) for line in io.BytesIO(block))
        return
    parts: list[bytes] = []
    odd = 0
    for line in io.BytesIO(block):
        parts.append(line)
        odd ^= line.count(b'"') & 1
        if not odd:
            yield b"".join(parts), int(parts[0] not in (b"\n", b"\r\n"))
            parts.clear()
