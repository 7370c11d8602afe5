"""A validator of Data & Trust Alliance Data Provenance Standards 1.0.0 metadata in JSON.

Written from the specification's chapters 4.1 to 4.5 (elements, cardinalities, data types), because the JSON schema that
was published with 1.0.0 is not well-formed JSON in every revision. Unknown elements are allowed, as there.
"""

import re
from dataclasses import dataclass
from typing import Any

# FHIR's dateTime, which the standard uses (4.4): a year, a month, a day, or a time with its zone.
DATE_TIME = re.compile(
    r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$"
)
TEXT, DATE, BOOLEAN = "text", "date", "boolean"


@dataclass(frozen=True)
class Element:
    """One element: a plain kind or the name of a complex type, and how often it stands."""

    kind: str
    is_required: bool = False
    is_list: bool = False


TYPES: dict[str, dict[str, Element]] = {
    "organization": {"name": Element(TEXT, True), "address": Element(TEXT, is_list=True)},
    "location": {"country": Element(TEXT, True), "state": Element(TEXT)},
    "period": {"start": Element(DATE), "end": Element(DATE)},
    "concept": {"code": Element(TEXT, True), "system": Element(TEXT), "description": Element(TEXT)},
    "purpose": {"code": Element(TEXT, True), "system": Element(TEXT), "description": Element(TEXT, True)},
    "classification": {"regulation": Element("concept", True), "evaluated": Element(BOOLEAN, True)},
    "indicator": {"tool": Element("concept", True), "parameters": Element(TEXT), "result": Element(TEXT)},
    "source": {
        "version": Element(TEXT, True),
        "title": Element(TEXT, True),
        "id": Element(TEXT, True),
        "location": Element(TEXT),
        "issuer": Element("organization", True, True),
        "description": Element(TEXT, True),
    },
    "provenance": {
        "source": Element(TEXT),
        "origin": Element("organization", is_list=True),
        "origin-geography": Element("location", True, True),
        "date": Element(DATE, True),
        "previous-date": Element(DATE),
        "generation-period": Element("period"),
        "generation-method": Element("concept", True, True),
        "format": Element(TEXT, is_list=True),
    },
    "use": {
        "classification": Element("classification", is_list=True),
        "consents": Element(TEXT, is_list=True),
        "privacy-indicators": Element("indicator", is_list=True),
        "processing-included": Element("location", is_list=True),
        "processing-excluded": Element("location", is_list=True),
        "storage-allowed": Element("location", is_list=True),
        "storage-forbidden": Element("location", is_list=True),
        "license": Element(TEXT),
        "intended-purpose": Element("purpose", is_list=True),
        "copyright": Element(TEXT, is_list=True),
        "patent": Element(TEXT, is_list=True),
        "trademark": Element(TEXT, is_list=True),
    },
}
GROUPS = ("source", "provenance", "use")


def problems(document: dict[str, Any]) -> list[str]:
    """What is wrong with a DPS document, each with the path of the element; empty for a valid one."""
    found: list[str] = []
    for group in GROUPS:
        if group not in document:
            found.append(f"{group}: is missing")
        else:
            found += _of_type(document[group], group, group)
    return found


def _of_type(value: Any, kind: str, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: must be an object"]
    found: list[str] = []
    for name, element in TYPES[kind].items():
        where = f"{path}.{name}"
        if name not in value:
            found += [f"{where}: is missing"] if element.is_required else []
        elif element.is_list:
            found += _of_list(value[name], element, where)
        else:
            found += _of_one(value[name], element.kind, where)
    return found


def _of_list(value: Any, element: Element, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: must be a list"]
    if element.is_required and not value:
        return [f"{path}: must have at least one item"]
    found = [problem for n, one in enumerate(value[:1000]) for problem in _of_one(one, element.kind, f"{path}[{n}]")]
    repeated = any(one in value[:n] for n, one in enumerate(value[:1000]))
    return [*found, *([f"{path}: names something twice"] if repeated else [])]


def _of_one(value: Any, kind: str, path: str) -> list[str]:
    if kind in TYPES:
        return _of_type(value, kind, path)
    if kind == BOOLEAN:
        return [] if isinstance(value, bool) else [f"{path}: must be true or false"]
    if not isinstance(value, str) or not value.strip():
        return [f"{path}: must be a text"]
    if kind == DATE and not DATE_TIME.match(value):
        return [f"{path}: must be a date, such as 2024-05-27 or 2024-05-27T15:18:02Z"]
    return []
