"""The file of a merge: ours with the rows that the plan takes out, changes or adds."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from apps.catalog.queries.merging import Plan, Three
from apps.catalog.rules.merging import COMBINE, DROP
from apps.core import storage, tables
from apps.core.errors import Conflict
from apps.core.tables.rewriting import Edit, rewrite

BATCH_ROWS = 1024
GROUP_BYTES = 16 * 1024 * 1024  # of Arrow memory that are written as one row group


def merged_file(three: Three, plan: Plan, folder: Path, on_share: Callable[[float], None]) -> Path:
    """Write the merged rows into `folder`. What the plan leaves alone keeps its bytes, or in Parquet its values."""
    target = folder / f"merged.{three.ours.format}"
    ours, theirs = storage.local_path(three.ours.digest), storage.local_path(three.theirs.digest)
    if three.ours.format == tables.PARQUET:
        _parquet(ours, theirs, plan, target, on_share)
        return target
    edits = {
        row: Edit() if action == DROP else Edit(other, columns if action == COMBINE else ())
        for row, (action, other, columns) in plan.rows.items()
    }
    rewrite(
        ours, three.ours.format, target, other=theirs, edits=edits, appended=sorted(plan.appended), on_share=on_share
    )
    return target


def _parquet(ours: Path, theirs: Path, plan: Plan, target: Path, on_share: Callable[[float], None]) -> None:
    """Batch by batch. Pages end where content decides, so that unchanged stretches of rows give the same pages."""
    wanted = sorted({row for _, row, _ in plan.rows.values() if row is not None} | set(plan.appended))
    with pq.ParquetFile(ours, arrow_extensions_enabled=False) as source:
        schema = source.schema_arrow
        taken = _rows_of(theirs, wanted, schema)
        place = {row: index for index, row in enumerate(wanted)}
        total, start = max(1, source.metadata.num_rows), 0
        with pq.ParquetWriter(target, schema, use_content_defined_chunking=True) as writer:
            groups = _Groups(writer)
            for batch in source.iter_batches(batch_size=BATCH_ROWS):
                groups.take(_edited(pa.Table.from_batches([batch], schema), start, plan, taken, place))
                start += batch.num_rows
                on_share(start / total)
            groups.take(taken.take(pa.array([place[row] for row in sorted(plan.appended)], pa.int64())))
            groups.write()


class _Groups:
    """Gathers rows into row groups of a useful size."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer, self._parts, self._bytes = writer, list[pa.Table](), 0

    def take(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self._parts.append(rows)
            self._bytes += rows.nbytes
        if self._bytes >= GROUP_BYTES:
            self.write()

    def write(self) -> None:
        if self._parts:
            table = pa.concat_tables(self._parts)
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._parts, self._bytes = [], 0


def _rows_of(path: Path, wanted: list[int], schema: pa.Schema) -> pa.Table:
    """These rows of a file, with the columns and types of `schema`."""
    found: list[pa.RecordBatch] = []
    start = at = 0
    with pq.ParquetFile(path, arrow_extensions_enabled=False) as source:
        for batch in source.iter_batches(batch_size=BATCH_ROWS):
            end = start + batch.num_rows
            here = []
            while at < len(wanted) and wanted[at] < end:
                here.append(wanted[at] - start)
                at += 1
            if here:
                found.append(batch.take(pa.array(here)))
            start = end
        table = pa.Table.from_batches(found, source.schema_arrow)
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        raise Conflict(
            "The other branch holds values that the types of this branch's columns cannot.",
            code="merge.schema",
            remedy="Write both branches with the same column types first, then merge.",
        ) from None


def _edited(batch: pa.Table, start: int, plan: Plan, taken: pa.Table, place: dict[int, int]) -> pa.Table:
    """The batch, whose first row has the number `start`, after the plan. Unedited batches come back as they are."""
    touched = {number: plan.rows[start + number] for number in range(batch.num_rows) if start + number in plan.rows}
    if not touched:
        return batch
    kept = [number for number in range(batch.num_rows) if number not in touched or touched[number][0] != DROP]
    both = pa.concat_tables([batch, taken])
    columns = []
    for name in batch.schema.names:
        indices = list(kept)
        for index, number in enumerate(kept):
            if number in touched:
                action, row, theirs = touched[number]
                if row is not None and (action != COMBINE or name in theirs):
                    indices[index] = batch.num_rows + place[row]
        columns.append(both.column(name).take(pa.array(indices, pa.int64())))
    return pa.Table.from_arrays(columns, schema=batch.schema)
