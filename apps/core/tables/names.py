"""File names as people send them, before they touch anything."""

import unicodedata

from apps.core.errors import Invalid

MAX_BYTES = 255  # the longest name that common file systems hold


def clean_filename(name: str) -> str:
    """The name in Unicode NFC without surrounding blanks, or Invalid where it could point elsewhere or mislead.

    Refused: folders and drive letters, ``.`` and ``..``, control and invisible formatting characters (which can make
    one ending look like another), hidden names and names over 255 bytes.
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned or cleaned.startswith("."):
        raise _refused("The file has no usable name")
    if any(mark in cleaned for mark in ("/", "\\")) or cleaned[1:2] == ":":
        raise _refused("The file name contains a folder")
    if any(unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") for mark in cleaned):
        raise _refused("The file name contains invisible characters")
    if len(cleaned.encode()) > MAX_BYTES:
        raise _refused(f"The file name is longer than {MAX_BYTES} bytes")
    return cleaned


def _refused(reason: str) -> Invalid:
    return Invalid(f"{reason}.", code="table.filename", remedy="Rename the file, for example to data.csv, and retry.")
