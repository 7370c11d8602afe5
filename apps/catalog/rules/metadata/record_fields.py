"""The fields of Croissant's record set: one for each column, with sub-fields where its values are objects.

A shape is how the values of a column look: a type's name, {"list": shape} or {"object": {name: shape}}.
"""

import re
from typing import Any
from urllib.parse import quote

from apps.catalog.rules.metadata.described import Described

RECORDS = "records"
DATA_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "timestamp": "sc:DateTime",
}
_PLAIN_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
Shape = Any


def field_id(*names: str) -> str:
    """An IRI reference for a column of any name (RFC 3986, 2.1)."""
    return "/".join([RECORDS, *(quote(name, safe="") for name in names)])


def field_of(described: Described, column: dict[str, str], is_new: bool) -> dict[str, Any]:
    """The field of one column. `is_new`: Croissant 1.1, which has isArray for what 1.0 calls repeated."""
    name, kind = column["name"], column["type"]
    shape = described.shapes.get(name, kind)
    extract = {"fileProperty": "lines"} if described.format == "text" else {"column": name}
    source = {"fileObject": {"@id": "file"}, "extract": extract}
    field = _Writer(is_new).field((name,), shape, source)
    left_out = _left_out(shape)
    more = f" Without what is nested deeper: {', '.join(left_out)}." if left_out else ""
    return {
        "@type": "cr:Field",
        "@id": field_id(name),
        "name": name,
        "description": f"Column “{name}”, {kind}.{more}",
    } | field


class _Writer:
    """Writes one column and what is nested in it."""

    def __init__(self, is_new: bool) -> None:
        self.many: dict[str, Any] = {"isArray": True, "arrayShape": "-1"} if is_new else {"repeated": True}

    def field(self, path: tuple[str, ...], shape: Shape, source: dict[str, Any]) -> dict[str, Any]:
        """A leaf with its source, or a parent of sub-fields."""
        inner, is_list = _unwrapped(shape)
        many = self.many if is_list or shape == "list" else {}
        members = _members(inner, in_list=is_list)
        head = {"@type": "cr:Field", "@id": field_id(*path), "name": path[-1]}
        if members:
            parts = [self.field((*path, key), one, self._deeper(source, key, is_list)) for key, one in members.items()]
            return head | many | {"subField": parts}
        return head | {"dataType": DATA_TYPES.get(str(inner), "sc:Text")} | many | {"source": source}

    def _deeper(self, source: dict[str, Any], key: str, is_list: bool) -> dict[str, Any]:
        known = source.get("transform", {}).get("jsonPath", "")
        return source | {"transform": {"jsonPath": f"{known}.{key}" if known and not is_list else key}}


def _unwrapped(shape: Shape) -> tuple[Shape, bool]:
    if isinstance(shape, dict) and "list" in shape:
        return shape["list"], True
    return shape, False


def _members(shape: Shape, *, in_list: bool) -> dict[str, Shape]:
    """The members of an object that readers of Croissant can take out by a path."""
    if not isinstance(shape, dict) or "object" not in shape:
        return {}
    return {key: one for key, one in shape["object"].items() if _PLAIN_KEY.match(key) and _is_readable(one, in_list)}


def _is_readable(shape: Shape, in_list: bool) -> bool:
    if isinstance(shape, str):
        return shape not in ("list", "object")
    if in_list:
        return False
    inner, is_list = _unwrapped(shape)
    return isinstance(inner, str) if is_list else bool(_members(inner, in_list=False))


def _left_out(shape: Shape) -> list[str]:
    inner, is_list = _unwrapped(shape)
    if not isinstance(inner, dict) or "object" not in inner:
        return []
    kept = _members(inner, in_list=is_list)
    return [key for key in inner["object"] if key not in kept]


def columns_left_out(described: Described) -> list[str]:
    """Columns of objects that no path can take apart; readers of Croissant would stop at them."""
    return [column["name"] for column in described.columns if not _has_values(described, column)]


def _has_values(described: Described, column: dict[str, str]) -> bool:
    shape = described.shapes.get(column["name"], column["type"])
    inner, is_list = _unwrapped(shape)
    return inner != "object" if isinstance(inner, str) else bool(_members(inner, in_list=is_list))
