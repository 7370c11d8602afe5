"""Parquet, read a few rows at a time within fixed memory.

Before anything is decoded, ``parquet_pages`` walks the headers of all pages: what they say is what the decoder would
allocate, whatever the footer claims, so a decompression bomb is refused unread.
"""

import base64
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

from apps.core.errors import Invalid
from apps.core.tables.exact import refuse_lossy
from apps.core.tables.parquet_pages import Extent, ends, footer_size, measure
from apps.core.tables.schema import MAX_COLUMNS, MAX_ROWS, Schema, too_many_rows

MAX_FOOTER_BYTES = 64 * 1024 * 1024  # real footers hold kilobytes; this allows tens of thousands of row groups
MAX_OPEN_BYTES = 512 * 1024 * 1024  # the largest page of every column, decompressed, all open at the same time
MAX_TOTAL_BYTES = 64 * 1024**3  # decompressed, the whole table
MAX_RATIO = 1000  # decompressed to file size, from 256 MiB on; real text reaches about 20
# Arrow holds up to about four times this while it builds a batch of one value repeated by a dictionary.
BATCH_BYTES = 64 * 1024 * 1024
_JSON_TYPES = (bool, int, str, type(None))


def rows(path: Path, schema: Schema) -> Iterator[dict[str, object]]:
    """Every row; times as ISO 8601 text, decimals as text, bytes as base64, NaN and infinities as None."""
    for batch in _batches(path, schema):
        columns = [json_values(column) for column in batch.columns]
        for cells in zip(*columns, strict=True):
            schema.count()
            yield dict(zip(batch.schema.names, cells, strict=True))


def count(path: Path, schema: Schema) -> int:
    """Decode and validate every page without making Python objects; the number of rows.

    Raises Invalid for values that neither JSON nor a database can hold: NaN, infinities, NUL characters.
    """
    total = 0
    for batch in _batches(path, schema):
        try:
            batch.validate(full=True)
        except pa.ArrowException:
            raise damaged("holds values that are not of their column's type") from None
        refuse_lossy(batch, total)
        total += batch.num_rows
    return total


def page_ends(path: Path) -> Iterator[tuple[int, int]]:
    """Where each page of a file that was counted ends, and the rows of the row group that ends with it."""
    try:
        yield from ends(path, pq.read_metadata(path))
    except (pa.ArrowException, OSError, EOFError, ValueError):
        raise damaged("changed while it was read") from None


def _batches(path: Path, schema: Schema) -> Iterator[pa.RecordBatch]:
    extent = _check_extent(path)
    try:
        with pq.ParquetFile(path, buffer_size=1024 * 1024, pre_buffer=False, arrow_extensions_enabled=False) as file:
            _declare(file.schema_arrow, schema)
            wanted = max(1, min(1024, BATCH_BYTES // max(1, extent.widest_pages)))
            found = 0
            for batch in file.iter_batches(batch_size=wanted):
                found += batch.num_rows
                yield batch
            if found != file.metadata.num_rows:
                raise damaged("holds another number of rows than it declares")
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise damaged("cannot be decoded") from None  # the library's words may quote the data


def _check_extent(path: Path) -> Extent:
    size = path.stat().st_size
    footer = footer_size(path)
    if footer is None:
        raise Invalid(
            "The Parquet file stops before its end: the closing footer is missing.",
            code="table.truncated",
            remedy="The copy seems cut off: export or upload it again. Encrypted Parquet is not read.",
        )
    if footer > MAX_FOOTER_BYTES:
        raise _bomb(f"a footer of {footer:,} bytes")
    try:
        facts = pq.read_metadata(path)
        if facts.num_rows > MAX_ROWS:
            raise too_many_rows()
        if facts.num_columns > MAX_COLUMNS:
            raise _bomb(f"{facts.num_columns:,} columns")
        extent = measure(path, facts)
    except (pa.ArrowException, OSError, EOFError, ValueError):
        raise damaged("has a broken footer or broken page headers") from None
    ratio = extent.decompressed / size
    if extent.widest_pages > MAX_OPEN_BYTES or extent.decompressed > MAX_TOTAL_BYTES:
        raise _bomb(f"pages of {extent.decompressed:,} bytes once decompressed")
    if extent.decompressed > 256 * 1024 * 1024 and ratio > MAX_RATIO:
        raise _bomb(f"pages that grow {ratio:,.0f} times when decompressed")
    return extent


def _declare(found: pa.Schema, schema: Schema) -> None:
    schema.begin(found.names, None)
    for field in found:
        schema.declare(field.name, _type_name(field.type))


_NAMES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (kinds.is_boolean, "boolean"),
    (kinds.is_integer, "integer"),
    (kinds.is_floating, "number"),
    (kinds.is_decimal, "number"),
    (kinds.is_temporal, "timestamp"),
    (kinds.is_null, "empty"),
    (kinds.is_struct, "object"),
    (kinds.is_map, "object"),
    (lambda kind: kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind), "list"),
    (lambda kind: kinds.is_binary(kind) or kinds.is_large_binary(kind), "binary"),
    (kinds.is_fixed_size_binary, "binary"),
)


def _type_name(kind: pa.DataType) -> str:
    if kinds.is_dictionary(kind):
        kind = kind.value_type
    return next((name for test, name in _NAMES if test(kind)), "text")


def json_values(column: pa.Array) -> list[object]:
    """The values of a column as JSON can write them: times as ISO 8601, decimals as text, bytes as base64, NaN None."""
    try:
        if kinds.is_timestamp(column.type) and column.type.unit == "ns":
            return _nanoseconds(column)
        values = column.to_pylist()
    except (ValueError, OverflowError):
        raise damaged("holds times or text that cannot be read") from None
    return [value if isinstance(value, _JSON_TYPES) else _plain(value) for value in values]


def _nanoseconds(column: pa.Array) -> list[object]:
    """Times in ISO 8601 with all nine digits where there are more than Python's six."""
    counts = column.cast(pa.int64()).to_pylist()
    whole = pa.array([None if one is None else one // 1000 for one in counts], pa.timestamp("us", column.type.tz))
    return [None if at is None else _iso(at, one % 1000) for at, one in zip(whole.to_pylist(), counts, strict=True)]


def _iso(at: datetime, nanoseconds: int) -> str:
    if not nanoseconds:
        return at.isoformat()
    text, behind = at.isoformat(timespec="microseconds"), len("0000-00-00T00:00:00.000000")
    return f"{text[:behind]}{nanoseconds:03d}{text[behind:]}"


def _plain(value: object) -> object:
    """The value as something JSON can write."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def damaged(reason: str) -> Invalid:
    """What is said of a file that does not hold what it should."""
    return Invalid(
        f"The Parquet file is damaged: it {reason}.", code="table.damaged", remedy="Export or upload it again."
    )


def _bomb(what: str) -> Invalid:
    return Invalid(
        f"The Parquet file claims {what}; that is far more than is read safely.",
        code="table.bomb",
        remedy="Write the table with ordinary page sizes, or split it into several files.",
    )
