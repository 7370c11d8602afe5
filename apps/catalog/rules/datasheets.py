"""What a datasheet says of data, what it lacks, and how two schemas differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.canonical import digest_of

PROVENANCE_FIELDS = (
    "sources",
    "origin",
    "collection_method",
    "permission",
    "contains_copyrighted_material",
    "confidentiality",
    "ai_generated",
)

PROVENANCE_LABELS = {
    "sources": "Sources",
    "origin": "Origin",
    "collection_method": "How it was collected",
    "permission": "Permission to use it",
    "contains_copyrighted_material": "Copyrighted material",
    "confidentiality": "Confidentiality",
    "ai_generated": "Made by AI",
}

# The name of the file that a datasheet was read from. Only the upload itself sets it: what a person typed is declared,
# whatever the text says of itself.
IMPORTED_FROM = "imported_from"
# Where only some of the fields came in that file: their names. The others were typed.
IMPORTED_FIELDS = "imported_fields"


def sourced(provenance: dict[str, Any], datasheet_file: str, fields: Iterable[str] | None = None) -> dict[str, Any]:
    """The datasheet with the name of the file it came in, or without one where a person typed it.

    `fields` are those that came in the file, where a person typed the others; without it all of them came in it.
    """
    plain = {name: value for name, value in provenance.items() if name not in (IMPORTED_FROM, IMPORTED_FIELDS)}
    came = sorted(set(plain) & set(plain if fields is None else fields))
    if not came or not datasheet_file:
        return plain
    some = {IMPORTED_FIELDS: came} if len(came) < len(plain) else {}
    return plain | {IMPORTED_FROM: datasheet_file[:200]} | some


def imported_from(provenance: Mapping[str, Any], name: str) -> str:
    """The file that one field of a datasheet was read from; empty where a person typed it."""
    fields = provenance.get(IMPORTED_FIELDS)
    came = name in fields if isinstance(fields, list) else True
    return str(provenance.get(IMPORTED_FROM) or "") if came else ""


def provenance_digest(
    content_digest: str, licence: str, provenance: dict[str, Any], carried: Mapping[str, Any] | None = None
) -> str:
    """The digest of what is said about one content; it changes when content, licence or any statement changes, and
    when somebody says anew what was only carried over from an earlier version.
    """
    told = {"content": content_digest, "licence": licence, "provenance": provenance}
    return digest_of(told | ({"carried": dict(carried)} if carried else {}))


def provenance_gaps(provenance: dict[str, Any]) -> list[str]:
    """The fields of a datasheet that the Data questions need and that are empty, in their usual order."""
    return [name for name in PROVENANCE_FIELDS if provenance.get(name) in (None, "", [], {})]


def in_words(value: Any) -> list[str]:
    """A value of a datasheet as paragraphs: lists one below the other, objects as "name: value; name: value"."""
    if isinstance(value, list):
        return [words for item in value for words in in_words(item)] or ["—"]
    if isinstance(value, dict):
        parts = (f"{_label(name)}: {', '.join(in_words(item))}" for name, item in value.items() if item is not None)
        return ["; ".join(parts) or "—"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(value).strip() or "—"] if value is not None else ["—"]


def _label(name: str) -> str:
    return name.replace("_", " ")


@dataclass(frozen=True)
class Change:
    """What one version of a dataset has more, less or otherwise than the one before; sizes in bytes."""

    rows: int
    size: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    retyped: tuple[str, ...]


def change_between(
    before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]], *, rows: int, size: int
) -> Change:
    """The difference of two schemas, lists of columns with `name` and `type`, beside those of rows and size."""
    old = {column["name"]: column["type"] for column in before}
    new = {column["name"]: column["type"] for column in after}
    return Change(
        rows=rows,
        size=size,
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        retyped=tuple(f"{name} ({old[name]} → {new[name]})" for name in new if name in old and old[name] != new[name]),
    )
