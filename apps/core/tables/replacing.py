"""Writing a table anew with some values replaced, and every row that is not touched byte for byte as it was.

Parquet is written anew as a whole, because its rows lie in compressed columns: there values stay, bytes do not.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from apps.core.errors import Invalid
from apps.core.tables import delimited, iter_records
from apps.core.tables.formats import CSV, JSONL, PARQUET, UTF8_MARK

# Called with a row's number and its values; the values that become others, or none.
Change = Callable[[int, Mapping[str, Any]], Mapping[str, Any]]
OnRows = Callable[[int], None]
_TELL_EVERY = 5_000  # rows


def replace_values(path: Path, format: str, target: Path, change: Change, on_rows: OnRows) -> int:
    """Write `path` to `target` with the values that `change` gives; how many rows it changed.

    A text that takes the place of a number in a Parquet column leaves the cell empty: the column keeps its type.
    """
    if format == PARQUET:
        return _parquet(path, target, change, on_rows)
    mark = delimited.separator(path) if format == CSV else ","
    number = changed = 0
    with target.open("wb") as out:
        for data, row in iter_records(path, format):
            if row is None:
                out.write(data)
                continue
            new = change(number, row)
            out.write(_record(data, dict(row) | dict(new), format, mark) if new else data)
            changed += bool(new)
            number += 1
            if number % _TELL_EVERY == 0:
                on_rows(number)
    return changed


def _record(data: bytes, row: dict[str, Any], format: str, mark: str) -> bytes:
    """The row in its format, with the mark at its beginning and the line end that it had."""
    begin = UTF8_MARK if data.startswith(UTF8_MARK) else b""
    end = b"\r\n" if data.endswith(b"\r\n") else b"\n" if data.endswith(b"\n") else b""
    if format == JSONL:
        return begin + json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + end
    if format == CSV:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=mark, lineterminator="").writerow("" if v is None else v for v in row.values())
        return begin + text.getvalue().encode() + end
    return begin + str(row["text"]).encode() + end


def _parquet(path: Path, target: Path, change: Change, on_rows: OnRows) -> int:
    number = changed = 0
    with pq.ParquetFile(path) as source, pq.ParquetWriter(target, source.schema_arrow) as out:
        for batch in source.iter_batches(batch_size=_TELL_EVERY):
            rows = batch.to_pylist()
            new = {at: values for at, row in enumerate(rows) if (values := change(number + at, row))}
            out.write_batch(_changed(batch, rows, new) if new else batch)
            changed += len(new)
            number += len(rows)
            on_rows(number)
    return changed


def _changed(batch: pa.RecordBatch, rows: list[dict[str, Any]], new: Mapping[int, Mapping[str, Any]]) -> pa.RecordBatch:
    touched = {name for values in new.values() for name in values}
    columns = [
        _column(field, [new.get(at, {}).get(field.name, row[field.name]) for at, row in enumerate(rows)])
        if field.name in touched
        else batch.column(field.name)
        for field in batch.schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _column(field: pa.Field, values: list[Any]) -> pa.Array:
    """Raises Invalid for a text that stands deep inside a column of numbers."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_nested(kind)):
        values = [None if isinstance(value, str) else value for value in values]
    try:
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # the errors quote values: do not chain them
        raise Invalid(
            f"The column “{field.name[:60]}” holds numbers inside lists, where no text can stand.",
            code="table.replace",
            remedy="Store that column as text, or leave this kind of finding out.",
        ) from None
