"""Reading audit packs: which exist, what goes into one, and whether one is intact."""

from apps.reports.queries.packs import (
    PackFile,
    pack_file,
    report_seen,
    reports_of,
    reports_seen_by,
)

__all__ = [
    "PackFile",
    "pack_file",
    "report_seen",
    "reports_of",
    "reports_seen_by",
]
