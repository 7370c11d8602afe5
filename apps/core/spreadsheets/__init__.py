"""Tables that people fill in with a spreadsheet program: written as XLSX, read back as XLSX or CSV, every size bounded.

What is written comes back character by character; what comes back from elsewhere is treated as hostile.
"""

from apps.core.foreign_text import MOST_BYTES
from apps.core.spreadsheets.reading import Line, Sheet, read
from apps.core.spreadsheets.writing import Page, workbook

__all__ = ["MOST_BYTES", "Line", "Page", "Sheet", "read", "workbook"]
