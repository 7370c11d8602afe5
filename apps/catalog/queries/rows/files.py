"""The rows of a version as a Parquet file on this machine: a stored one as it is, any other written once and kept.

The file beside the stored bytes is only a faster way to read them. It lies in WORK_DIR/cache, may be deleted at any
time, and is written again when it is asked for.
"""

import csv
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.conf import settings

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.columns import Column, Table, columns_of
from apps.catalog.queries.rows.connection import opened, quoted
from apps.core import storage, tables
from apps.core.tables import delimited
from apps.core.tables.lines import lines

LAYOUT = 1  # part of the name: a file of another layout is written anew
GROUP_ROWS = 20_480  # a page of the row viewer reads one such group
BLOCK_BYTES = 32 * 1024 * 1024  # of CSV read at once; a record has at most 8 MiB
MAX_OBJECT_BYTES = 16 * 1024 * 1024  # a line has at most 8 MiB
COMPRESSION = "lz4"
SLOW_ROWS = 5_000  # made into Python objects at once


def table_of(version: DatasetVersion) -> Table:
    """The version's rows, written as Parquet first where nobody has read them on this machine yet."""
    columns = columns_of(version.format, version.columns)
    if version.format == tables.PARQUET:
        return Table(storage.local_path(version.digest), columns)
    kept = _kept_path(version.digest, version.format)
    if kept.exists():
        os.utime(kept)  # the oldest go first when room is made
        return Table(kept, columns)
    path = storage.local_path(version.digest)
    return table_made(path, version.format, version.columns, digest=version.digest, rows=version.rows)


def rows_in_chunks(version: DatasetVersion, start: int, count: int) -> list[tuple[int, dict[str, object]]] | None:
    """Some rows out of the stored pieces that hold them, with their numbers; None where that is no shorter way.

    The way for a version that this machine has not read yet: the file may be large, and a page of it is small. The
    pieces of Parquet and CSV are of no use alone, and a file of one piece is read whole anyway.
    """
    if version.format not in (tables.JSONL, tables.TEXT) or _kept_path(version.digest, version.format).exists():
        return None
    chunks = storage.chunks_of(version.digest, version.format)
    if len(chunks) < 2:
        return None
    found: list[tuple[int, dict[str, object]]] = []
    first = 0
    for chunk in chunks:
        rows = chunk.rows or 0
        if first < start + count and first + rows > start:
            skip, stop = max(start - first, 0), min(start + count - first, rows)
            piece = itertools.islice(tables.iter_rows(storage.chunk_path(chunk), version.format), skip, stop)
            found += [(first + skip + place, row) for place, row in enumerate(piece)]
        first += rows
    return found


def table_made(path: Path, format: str, columns: Sequence[Mapping[str, str]], *, digest: str, rows: int) -> Table:
    """The `rows` rows of a local file, whose digest is given, as a table; what is written for it is kept."""
    known = columns_of(format, columns)
    if format == tables.PARQUET:
        return Table(path, known)
    kept = _kept_path(digest, format)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{uuid4().hex}")  # another thread may write the same
        try:
            _write(path, format, known, partial, rows)
            partial.replace(kept)
        finally:
            partial.unlink(missing_ok=True)
        _make_room(kept)
    return Table(kept, known)


def _kept_path(digest: str, format: str) -> Path:
    return Path(settings.WORK_DIR) / "cache" / "rows" / f"{digest}-{format}-{LAYOUT}.parquet"


def _make_room(newest: Path) -> None:
    """Delete the files that nobody has read for longest until the rest stays below ROWS_CACHE_BYTES."""
    files = []
    for path in newest.parent.glob("*.parquet"):
        with suppress(FileNotFoundError):  # another process clears up as well
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= settings.ROWS_CACHE_BYTES or path == newest:
            return
        path.unlink(missing_ok=True)
        total -= size


def _write(path: Path, format: str, columns: tuple[Column, ...], target: Path, rows: int) -> None:
    """By the fast reader of the format where it gives exactly what `tables.iter_rows` gives, by that one otherwise."""
    if not _write_fast(path, format, columns, target) or pq.read_metadata(target).num_rows != rows:
        _write_slowly(path, format, columns, target)


def _write_fast(path: Path, format: str, columns: tuple[Column, ...], target: Path) -> bool:
    """Whether a fast reader took the file: none takes text, and each raises where it finds what it cannot hold."""
    if format == tables.JSONL:
        with suppress(duckdb.Error):  # a whole number beyond 64 bits, a number beyond doubles
            _write_json(path, columns, target)
            return True
    if format == tables.CSV and _has_plain_header(path, columns):
        with suppress(pa.ArrowException):  # a record that the two readers do not agree on
            _write_csv(path, columns, target)
            return True
    return False


def _write_json(path: Path, columns: tuple[Column, ...], target: Path) -> None:
    wanted = ", ".join(f"{quoted(column.name)}: {quoted(column.stored_type)}" for column in columns)
    names = ", ".join(column.raw for column in columns)
    with opened(path, target) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json({quoted(path)}, format = 'newline_delimited', compression = 'none',"
            f" maximum_object_size = {MAX_OBJECT_BYTES}, hive_partitioning = false, columns = {{{wanted}}})"
            f" AS t({names}))"
            f" TO {quoted(target)} (FORMAT parquet, COMPRESSION {COMPRESSION}, ROW_GROUP_SIZE {GROUP_ROWS})"
        )


def _has_plain_header(path: Path, columns: tuple[Column, ...]) -> bool:
    """Whether the first line holds exactly the names of the columns: then Arrow takes them as they stand."""
    first = next(lines(path)).text
    return next(csv.reader([first], delimiter=delimited.separator(path)), []) == [column.name for column in columns]


def _write_csv(path: Path, columns: tuple[Column, ...], target: Path) -> None:
    text = pa.string()
    reader = pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=True),
        parse_options=pa_csv.ParseOptions(delimiter=delimited.separator(path), newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={column.name: text for column in columns},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    schema = pa.schema([(column.raw, text) for column in columns])
    _write_batches((_unix_lines(batch, schema) for batch in reader), schema, target)


def _unix_lines(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with line ends inside cells as `tables.iter_rows` gives them."""
    cells = [pc.replace_substring_regex(column, r"\r+\n", "\n") for column in batch.columns]
    return pa.RecordBatch.from_arrays(cells, schema=schema)


def _write_slowly(path: Path, format: str, columns: tuple[Column, ...], target: Path) -> None:
    """Row by row; whole numbers take the narrowest type that holds all of them."""
    for whole in (pa.int64(), pa.decimal128(38, 0), pa.string()):
        schema = pa.schema([(column.raw, _arrow_type(column, whole)) for column in columns])
        groups = _groups(tables.iter_rows(path, format))
        with suppress(pa.ArrowInvalid, OverflowError):
            return _write_batches((_batch(group, columns, schema) for group in groups), schema, target)
    raise AssertionError("text holds every number")


def _groups(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while group := list(itertools.islice(rows, SLOW_ROWS)):
        yield group


def _arrow_type(column: Column, whole: pa.DataType) -> pa.DataType:
    known = {"BIGINT": whole, "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()}
    return known.get(column.stored_type, pa.string())


def _batch(rows: list[dict[str, object]], columns: tuple[Column, ...], schema: pa.Schema) -> pa.RecordBatch:
    cells = [
        pa.array([_cell(row[column.name], field.type) for row in rows], field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(cells, schema=schema)


def _cell(value: Any, kind: pa.DataType) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if pa.types.is_floating(kind):
        return float(value) if abs(value) < 1e308 else float("inf") * (1 if value > 0 else -1)
    return str(value) if pa.types.is_string(kind) else value


def _write_batches(batches: Iterator[pa.RecordBatch], schema: pa.Schema, target: Path) -> None:
    with pq.ParquetWriter(target, schema, compression=COMPRESSION) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=GROUP_ROWS)
