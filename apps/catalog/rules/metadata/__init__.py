"""Metadata of datasets in and out: MLCommons Croissant, Hugging Face dataset cards, Data & Trust Alliance DPS.

Pure functions. A file becomes a `Found` in our words; a `Described` becomes a file. Nothing is ever fetched.
"""

from collections.abc import Callable

from apps.catalog.rules.metadata import (
    card_reading,
    card_writing,
    croissant_reading,
    croissant_writing,
    dps_reading,
    dps_writing,
)
from apps.catalog.rules.metadata.compare import (
    CONFLICT,
    NEW,
    RECORDED,
    SAME,
    SILENT,
    Line,
    compared,
    digest_verdict,
    lines_by_question,
    merged,
    undecided,
)
from apps.catalog.rules.metadata.described import Described, Measured
from apps.catalog.rules.metadata.dps_schema import problems as dps_problems
from apps.catalog.rules.metadata.fields import (
    BY_NAME,
    CARD,
    CROISSANT_1_0,
    CROISSANT_1_1,
    DATASHEET_FIELDS,
    DPS,
    FIELDS,
    FORMATS,
    LICENCE,
    QUESTIONS,
    label_of,
)
from apps.catalog.rules.metadata.found import Found, is_blank, missing_in, said_of
from apps.catalog.rules.metadata.gathered import gathered_from
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.catalog.rules.metadata.reading import METADATA, MOST_BYTES
from apps.catalog.rules.metadata.scanned import measured_by
from apps.core.front_matter import is_card

WRITERS: dict[str, Callable[[Described], bytes]] = {
    CROISSANT_1_0: lambda described: croissant_writing.write(described, CROISSANT_1_0),
    CROISSANT_1_1: croissant_writing.write,
    CARD: card_writing.write,
    DPS: dps_writing.write,
}
MEDIA_TYPES = {
    CROISSANT_1_0: "application/ld+json",
    CROISSANT_1_1: "application/ld+json",
    CARD: "text/markdown; charset=utf-8",
    DPS: "application/json",
}
FILENAMES = {
    CROISSANT_1_0: "croissant-1.0.json",
    CROISSANT_1_1: "croissant.json",
    CARD: "README.md",
    DPS: "dps.json",
}


def read(content: bytes) -> Found:
    """What a file says, whichever of the formats it is. Raises Invalid where it is none of them or too large."""
    text = METADATA.text(content)
    if not text.lstrip().startswith(("{", "[")):
        if not is_card(text):
            METADATA.refuse("This is neither JSON nor a card that begins with “---” or a heading.", "unknown")
        return card_reading.read(text)
    return dps_reading.read(text) if dps_reading.is_dps(METADATA.json_object(text)) else croissant_reading.read(text)


def write(described: Described, format: str) -> bytes:
    """A dataset version in one of the formats; equal facts give equal bytes."""
    return WRITERS[format](described)


__all__ = [
    "BY_NAME",
    "CARD",
    "CONFLICT",
    "CROISSANT_1_0",
    "CROISSANT_1_1",
    "DATASHEET_FIELDS",
    "DPS",
    "Described",
    "FIELDS",
    "FILENAMES",
    "FORMATS",
    "Found",
    "LICENCE",
    "Line",
    "MEDIA_TYPES",
    "MOST_BYTES",
    "Measured",
    "NEW",
    "QUESTIONS",
    "RECORDED",
    "SAME",
    "SILENT",
    "compared",
    "digest_verdict",
    "dps_problems",
    "gathered_from",
    "is_blank",
    "label_of",
    "lines_by_question",
    "measured_by",
    "merged",
    "missing_in",
    "read",
    "said_of",
    "spdx_of",
    "undecided",
    "write",
]
