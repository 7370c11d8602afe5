"""How files of metadata are read: bounded, and refused with what would help."""

from apps.core.foreign_text import MOST_BYTES, MOST_ITEMS, MOST_TEXT, ForeignText, shortened

METADATA = ForeignText(
    code="metadata",
    remedy="Give a Croissant file (JSON-LD), a Hugging Face dataset card (README.md) or a DPS file (JSON).",
)

__all__ = ["METADATA", "MOST_BYTES", "MOST_ITEMS", "MOST_TEXT", "shortened"]
