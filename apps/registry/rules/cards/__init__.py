"""Cards and bills of materials of models, in and out: Hugging Face, CycloneDX and SPDX.

Pure functions. A file becomes a `Found` in our words; a `Described` becomes a file. Nothing is ever fetched.
"""

from collections.abc import Callable

from apps.catalog.rules.metadata.compare import CONFLICT, NEW, RECORDED, SAME, SILENT, Line, undecided
from apps.core.foreign_text import MOST_BYTES
from apps.core.front_matter import is_card
from apps.registry.rules.cards import cyclonedx_reading, cyclonedx_writing, hub_reading, hub_writing, spdx_writing
from apps.registry.rules.cards.columns import column_value
from apps.registry.rules.cards.compare import compared, digest_verdict, lines_by_question, new_figures
from apps.registry.rules.cards.completeness import Completeness, Gap, completeness
from apps.registry.rules.cards.described import BaseFacts, DataFacts, Described, FileFacts, PlaceFacts, RunFacts
from apps.registry.rules.cards.fields import (
    BASES,
    BY_NAME,
    COLUMNS,
    CYCLONEDX,
    FIELDS,
    FIGURES,
    FILES_DIGEST,
    FORMATS,
    HUB,
    LICENCE,
    QUESTIONS,
    RELATION,
    RESULTS,
    SPDX,
    STATEMENTS,
    TOLD_ELSEWHERE,
    label_of,
)
from apps.registry.rules.cards.figures import read_results, results_of
from apps.registry.rules.cards.found import Figure, Found, figure_of, missing_in, said_of
from apps.registry.rules.cards.reading import CARDS, OWN_FILES, is_hub_name

WRITERS: dict[str, Callable[[Described], bytes]] = {
    HUB: hub_writing.write,
    RESULTS: lambda described: results_of(described.figures).encode(),
    CYCLONEDX: cyclonedx_writing.write,
    SPDX: spdx_writing.write,
}
MEDIA_TYPES = {
    HUB: "text/markdown; charset=utf-8",
    RESULTS: "application/yaml; charset=utf-8",
    CYCLONEDX: "application/vnd.cyclonedx+json; version=1.7",
    SPDX: "application/spdx+json",
}
FILENAMES = {HUB: "README.md", RESULTS: "genaiops.yaml", CYCLONEDX: "bom.cdx.json", SPDX: "bom.spdx.json"}


def read(content: bytes, filename: str = "") -> Found:
    """What a file says, whichever of the formats it is. Raises Invalid where it is none of them or too large."""
    text = CARDS.text(content)
    start = text.lstrip()
    if filename.lower().endswith((".yaml", ".yml")) or start.startswith(("- ", "[")):
        return Found(format=RESULTS, figures=read_results(text))
    if start.startswith("{"):
        return cyclonedx_reading.read(CARDS.json_object(text))
    if start.startswith("<"):
        CARDS.refuse("This is XML; of CycloneDX, JSON is read.", "xml")
    if not is_card(text):
        CARDS.refuse("This is neither JSON nor a card that begins with “---” or a heading.", "unknown")
    return hub_reading.read(text)


def write(described: Described, format: str) -> bytes:
    """A model version in one of the formats; equal facts give equal bytes."""
    return WRITERS[format](described)


__all__ = [
    "BASES",
    "BY_NAME",
    "COLUMNS",
    "CONFLICT",
    "CYCLONEDX",
    "FIELDS",
    "FIGURES",
    "FILENAMES",
    "FILES_DIGEST",
    "FORMATS",
    "HUB",
    "LICENCE",
    "MEDIA_TYPES",
    "MOST_BYTES",
    "NEW",
    "OWN_FILES",
    "QUESTIONS",
    "RECORDED",
    "RELATION",
    "RESULTS",
    "SAME",
    "SILENT",
    "SPDX",
    "STATEMENTS",
    "TOLD_ELSEWHERE",
    "BaseFacts",
    "Completeness",
    "DataFacts",
    "Described",
    "Figure",
    "FileFacts",
    "Found",
    "Gap",
    "Line",
    "PlaceFacts",
    "RunFacts",
    "column_value",
    "compared",
    "completeness",
    "digest_verdict",
    "figure_of",
    "is_hub_name",
    "label_of",
    "lines_by_question",
    "missing_in",
    "new_figures",
    "read",
    "said_of",
    "undecided",
    "write",
]
