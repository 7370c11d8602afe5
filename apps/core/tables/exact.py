"""Values that would not come back as they were written: refused by their place, never quietly made into others.

Numbers are read as 64-bit floating point (IEEE 754) where they have a fraction or an exponent. What is beyond it would
become infinite or 0, and JSON has neither infinities nor NaN. NUL characters stand in no database.
"""

import math
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from apps.core.errors import Invalid

# The pattern begins with a plain character, and is forty times as fast for it as one that begins with a digit.
_TINY_EXPONENT = re.compile(rb"-(?<=[0-9.][eE]-)0*[1-9][0-9]{2}")
_TINY_FRACTION = b"0" * 300
MAYBE_HUGE = re.compile(r"[0-9]{309}")
_MANTISSA = re.compile(r"[^eE]*")


def may_be_tiny(block: bytes) -> bool:
    """Whether a number in it might read as 0 without being 0. Text may look the same, so the strict reader decides."""
    return _TINY_EXPONENT.search(block) is not None or _TINY_FRACTION in block


def is_kept(written: str) -> bool:
    """Whether a number comes back as one, not as an infinity, and as 0 only where it is 0."""
    value = float(written)
    if not math.isfinite(value):
        return False
    return value != 0 or not any(digit in "123456789" for digit in _MANTISSA.match(written)[0])  # type: ignore[index]


def is_finite(values: pa.Array | pa.ChunkedArray) -> bool:
    """Whether no number in it is infinite, as one too large becomes, or NaN, which is not JSON."""
    return _holds(values, kinds.is_floating, lambda column: pc.all(pc.is_finite(column), min_count=0))


def _has_no_nul(values: pa.Array) -> bool:
    def check(column: pa.Array) -> pa.Scalar:
        return pc.invert(pc.any(pc.match_substring(column, "\x00"), min_count=0))

    return _holds(values, lambda kind: kinds.is_string(kind) or kinds.is_large_string(kind), check)


def _holds(
    values: pa.Array | pa.ChunkedArray, is_wanted: Callable[[pa.DataType], bool], check: Callable[[pa.Array], pa.Scalar]
) -> bool:
    """Whether every column of the wanted type passes, however deep it is nested; no values pass."""
    kind = values.type
    if is_wanted(kind):
        return check(values).as_py() is not False
    if kinds.is_dictionary(kind):
        return _holds(values.dictionary.take(values.indices.unique().drop_null()), is_wanted, check)
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        return _holds(pc.list_flatten(values), is_wanted, check)
    if kinds.is_map(kind):
        return _holds(values.keys, is_wanted, check) and _holds(values.items, is_wanted, check)
    if kinds.is_struct(kind):
        fields = (pc.struct_field(values, [place]) for place in range(kind.num_fields))
        return all(_holds(field, is_wanted, check) for field in fields)
    return True


def refuse_lossy(batch: pa.RecordBatch, before: int) -> None:
    """Raises Invalid for the first column of Parquet with NaN, an infinity or NUL, by the row; `before` are behind."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if not is_finite(column):
            raise _refused(
                name,
                before + _first(column, is_finite),
                "NaN or an infinite number, which JSON and CSV cannot hold",
                "Write null where there is no value (polars: fill_nan(None)), and infinities as text.",
            )
        if not _has_no_nul(column):
            place = before + _first(column, _has_no_nul)
            raise _refused(name, place, "a NUL character in its text", "Take the NUL characters out of the text.")


def _first(column: pa.Array, passes: Callable[[pa.Array], bool]) -> int:
    """The place of the first value that does not pass, where one does not."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        half = column.take(pa.array(range(low, middle)))  # no slice: of one, a map tells the keys of all rows
        low, high = (middle, high) if passes(half) else (low, middle)
    return low


def _refused(name: str, row: int, what: str, remedy: str) -> Invalid:
    return Invalid(f"Row {row + 1} holds {what}, in column '{name[:40]}'.", code="table.value", remedy=remedy)
