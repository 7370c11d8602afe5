"""How the values of columns look that hold lists or objects, for formats that describe records to their last field."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

from apps.catalog.models import DatasetVersion
from apps.core import storage

MOST_ROWS = 100  # of JSON Lines; a member that first appears later is left out
MOST_BYTES = 8 * 1024 * 1024  # read of a JSON Lines file
MOST_DEPTH = 4
Shape = Any


def shapes_of(version: DatasetVersion) -> dict[str, Shape]:
    """For each column of lists or objects its shape: a type's name, {"list": shape} or {"object": {name: shape}}."""
    nested = [column["name"] for column in version.columns if column["type"] in ("list", "object")]
    if not nested:
        return {}
    if version.format == "jsonl":
        return _of_rows(version.digest, nested)
    return _of_parquet(version.digest, nested) if version.format == "parquet" else {}


def _of_rows(digest: str, columns: list[str]) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    with storage.open(digest) as stream:
        left = MOST_BYTES
        for _ in range(MOST_ROWS):
            line = stream.readline(left + 1)
            left -= len(line)
            if not line or left < 0:
                break
            row = json.loads(line.removeprefix(b"\xef\xbb\xbf")) if line.strip() else {}
            for name in columns:
                found[name] = _joined(found.get(name), _of_value(row.get(name), MOST_DEPTH))
    return {name: shape for name, shape in found.items() if shape is not None}


def _of_value(value: Any, depth: int) -> Shape:
    if value is None:
        return None
    if isinstance(value, list):
        inner: Shape = None
        for item in value if depth else []:
            inner = _joined(inner, _of_value(item, depth - 1))
        return {"list": inner or "text"} if depth else "list"
    if isinstance(value, dict):
        return {"object": {name: _of_value(one, depth - 1) for name, one in value.items()}} if depth else "object"
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "number" if isinstance(value, float) else "text"


def _joined(one: Shape, other: Shape) -> Shape:
    """A shape that fits both; text where they have nothing in common."""
    if one is None or other is None or one == other:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        if "list" in one:
            return {"list": _joined(one["list"], other["list"])}
        names = [*one["object"], *(name for name in other["object"] if name not in one["object"])]
        return {"object": {name: _joined(one["object"].get(name), other["object"].get(name)) for name in names}}
    return "number" if {str(one), str(other)} == {"integer", "number"} else "text"


def _of_parquet(digest: str, columns: list[str]) -> dict[str, Shape]:
    with storage.open(digest) as stream:
        schema = pq.read_schema(stream)
    return {name: _of_arrow(schema.field(name).type, MOST_DEPTH) for name in columns if name in schema.names}


def _of_arrow(kind: pa.DataType, depth: int) -> Shape:
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        return {"list": _of_arrow(kind.value_type, depth - 1)} if depth else "list"
    if kinds.is_struct(kind):
        return {"object": {one.name: _of_arrow(one.type, depth - 1) for one in kind}} if depth else "object"
    if kinds.is_boolean(kind):
        return "boolean"
    if kinds.is_integer(kind):
        return "integer"
    if kinds.is_floating(kind) or kinds.is_decimal(kind):
        return "number"
    return "timestamp" if kinds.is_temporal(kind) else "object" if kinds.is_map(kind) else "text"
