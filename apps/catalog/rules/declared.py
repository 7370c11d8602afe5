"""What is said of a version, and which of it was said of earlier versions only.

A new version takes over what nobody said anew. Whoever reads that must not believe that somebody looked at the new rows
and found it still true, so each statement that came along keeps the number of the version that it was said of.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.catalog.rules.datasheets import IMPORTED_FIELDS, IMPORTED_FROM
from apps.catalog.rules.merging import licence_of_both, provenance_of_both

LICENCE = "licence"
_SHEET = "datasheet."
_MARKS = (IMPORTED_FROM, IMPORTED_FIELDS)

# By statement ("licence", "datasheet.origin"), the numbers of the versions of the dataset that it was said of.
Carried = Mapping[str, list[int]]


@dataclass(frozen=True)
class Declared:
    """Licence, datasheet, and what of both was said of earlier versions. The names are those of a version's fields."""

    licence: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)
    carried: dict[str, list[int]] = field(default_factory=dict)


def field_key(name: str) -> str:
    """How a field of the datasheet is named among the statements that were carried over."""
    return f"{_SHEET}{name}"


def statement_key(name: str) -> str:
    """The same for a field of the datasheet or, as “licence”, the licence."""
    return name if name == LICENCE else field_key(name)


def carried_from(carried: Carried, *names: str) -> list[int]:
    """The versions that one of these fields of a datasheet, or the licence, was said of; none: said of this version."""
    return sorted({number for name in names for number in carried.get(statement_key(name), [])})


def carried_words(numbers: Collection[int]) -> str:
    """“carried over from version 3, not checked anew”; empty without numbers."""
    if not numbers:
        return ""
    listed = [str(number) for number in sorted(numbers)]
    named = " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else listed[0]
    return f"carried over from version{'s' if len(listed) > 1 else ''} {named}, not checked anew"


def carried_over(before: Declared, number: int) -> Declared:
    """All that was said of version `number`, as its successor takes it over."""
    return Declared(before.licence, dict(before.provenance), _marks(before, number))


def _marks(before: Declared, number: int) -> dict[str, list[int]]:
    keys = [LICENCE] if before.licence else []
    keys += [field_key(name) for name in before.provenance if name not in _MARKS]
    return {key: list(before.carried.get(key) or [number]) for key in keys}


def declared_anew(
    before: Declared, number: int, licence: str | None, provenance: dict[str, Any] | None, *, was_shown: bool = False
) -> Declared:
    """What is said of a new version after version `number`; None takes over what was said of that one.

    `was_shown`: a form was filled with it, so what came back unchanged is taken over as well.
    """
    over = carried_over(before, number)
    sheet = over.provenance if provenance is None else provenance
    kept = {field_key(name) for name, value in sheet.items() if value == over.provenance.get(name)}
    kept = kept if provenance is None or was_shown else set()
    if licence is None or (was_shown and licence == over.licence):
        kept.add(LICENCE)
    return Declared(
        over.licence if licence is None else licence,
        sheet,
        {key: numbers for key, numbers in over.carried.items() if key in kept},
    )


def declared_of_both(
    ours: Declared, our_number: int, theirs: Declared, their_number: int, licence: str | None = None
) -> Declared:
    """What is said of rows that come from both sides of a merge; `licence` in place of those of both together."""
    sides = (_marks(ours, our_number), _marks(theirs, their_number))
    carried = {
        key: sorted({number for side in sides for number in side.get(key, [])})
        for key in dict.fromkeys([*sides[0], *sides[1]])
    }
    if licence is not None:
        carried.pop(LICENCE, None)
    return Declared(
        licence_of_both(ours.licence, theirs.licence) if licence is None else licence,
        provenance_of_both(ours.provenance, theirs.provenance),
        carried,
    )


def statements_of(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """A datasheet without the marks that say which file it came in."""
    return {name: value for name, value in provenance.items() if name not in _MARKS}
