"""What a file says, as the columns of a version hold it."""

from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.found import is_blank
from apps.registry.rules.cards.fields import BASES, COLUMNS
from apps.registry.rules.facts import LARGEST_CONTEXT, LENGTHS

LARGEST = {"context_length": LARGEST_CONTEXT, "parameters": 2**63 - 1}


def column_value(name: str, said: Any) -> Any:
    """The value for the column of one of our fields; None where the file's words cannot be such a value."""
    if is_blank(said):
        return None
    if name == BASES:
        return in_words(said)
    if name in LARGEST:
        digits = str(said).strip()
        return int(digits) if digits.isdigit() and 0 < int(digits[:20]) <= LARGEST[name] else None
    joined = "\n".join(in_words(said))
    most = LENGTHS[COLUMNS[name]]
    return joined if most is None else joined[:most]
