"""How much of a spreadsheet is read, and how a file is refused."""

from typing import NoReturn

from apps.core.errors import Invalid

MOST_ROWS = 5_000  # below the header
MOST_COLUMNS = 100
MOST_CHARACTERS = 8_000_000  # of all cells together, each counted as often as it stands there
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all parts of a workbook together
MOST_PARTS = 500


def refuse(message: str, reason: str) -> NoReturn:
    """Raise Invalid; `reason` is the last part of the code."""
    raise Invalid(
        message,
        code=f"spreadsheet.{reason}",
        remedy="Start from an exported file, keep its header, and save it as XLSX or as “CSV UTF-8”.",
    )
