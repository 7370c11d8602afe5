"""What the readers of cards share: bounds, refusals, and values as words."""

import re
from typing import Any

from apps.catalog.rules.metadata.found import is_blank
from apps.core.foreign_text import MOST_ITEMS, ForeignText, shortened
from apps.core.prose import is_absent

CARDS = ForeignText(
    code="document",
    remedy=(
        "Give a Hugging Face model card (README.md), a file of .eval_results (YAML), or a CycloneDX bill of materials"
        " (JSON)."
    ),
)


# Where the hub and tools put cards, results and bills among the files of a model.
OWN_FILES = re.compile(
    r"^(README\.md|MODEL_CARD\.md|\.eval_results/[^/]+\.ya?ml|(.*\.)?(bom|cdx)\.json)$", re.IGNORECASE
)
_HUB_NAME = re.compile(r"^[\w.-]+(/[\w.-]+)?$")


def is_hub_name(name: str) -> bool:
    """Whether the hub would take this for the name of a model or a dataset."""
    return bool(_HUB_NAME.match(name))


def listed(value: Any) -> list[Any]:
    """A value as a list, bounded; nothing for nothing."""
    if is_blank(value):
        return []
    return value[:MOST_ITEMS] if isinstance(value, list) else [value]


def whole(value: Any) -> list[Any]:
    """A list with all that is in it, for what is counted and cut with a note later; nothing for anything else."""
    return value if isinstance(value, list) else []


def in_a_line(value: Any) -> str:
    """A plain value as text; nothing for lists, objects and words that only say that something is missing."""
    if is_blank(value) or isinstance(value, dict | list):
        return ""
    words = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return "" if is_absent(words) else words


def texts(value: Any) -> list[str]:
    """The texts that one name holds, be it one or many."""
    return [words for words in map(in_a_line, listed(value)) if words]


def paragraph(value: Any) -> str:
    """A text with its lines, shortened to what is kept."""
    if not isinstance(value, str) or is_absent(value):
        return ""
    return shortened(value)


def one_or_many(values: list[Any]) -> Any:
    """The value itself where it is the only one."""
    return values[0] if len(values) == 1 else values
