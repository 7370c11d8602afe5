"""A file with some of the rows of another: the same bytes a record, so that what is left over is stored once."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from apps.core import tables

BATCH_ROWS = 1024


def cut_to(path: Path, format: str, numbers: "array[int]", target: Path) -> None:
    """Write the rows of these numbers, in file order, in the format that they came in."""
    if format == tables.PARQUET:
        _cut_parquet(path, numbers, target)
        return
    with target.open("wb") as written:
        for record in _records(path, format, numbers):
            written.write(record if record.endswith(b"\n") else record + b"\n")


def _records(path: Path, format: str, numbers: "array[int]") -> Iterator[bytes]:
    place = number = 0
    for data, row in tables.iter_records(path, format):
        if row is None:
            if number == 0:  # the header of a CSV; blank lines before it change nothing
                yield data
            continue
        if place < len(numbers) and numbers[place] == number:
            yield data
            place += 1
        number += 1


def _cut_parquet(path: Path, numbers: "array[int]", target: Path) -> None:
    start = 0
    with pq.ParquetFile(path) as source, pq.ParquetWriter(target, source.schema_arrow) as writer:
        for batch in source.iter_batches(batch_size=BATCH_ROWS):
            first, last = bisect_left(numbers, start), bisect_left(numbers, start + batch.num_rows)
            if first < last:
                writer.write_batch(batch.take(pa.array([number - start for number in numbers[first:last]])))
            start += batch.num_rows
