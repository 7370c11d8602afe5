"""Facts about data that need no database."""

from apps.catalog.rules.datasheets import (
    IMPORTED_FIELDS,
    IMPORTED_FROM,
    PROVENANCE_FIELDS,
    PROVENANCE_LABELS,
    Change,
    change_between,
    imported_from,
    in_words,
    provenance_digest,
    provenance_gaps,
    sourced,
)
from apps.catalog.rules.scans import (
    SCAN_CHECKS,
    SCAN_SETTINGS,
    scan_config_problem,
)
from apps.catalog.rules.sources import (
    TDM_RESERVATIONS,
)
from apps.catalog.rules.uploads import (
    DIGEST_SIZES,
    checksum_of,
    metadata_of,
)
from apps.catalog.rules.versions import (
    EVALUATION,
    FILTERED,
    MAIN,
    MERGED,
    MOST_NAME,
    OPERATIONS,
    ORDINARY,
    PROTECTED,
    PURPOSES,
    REDACTED,
    ROLLED_BACK,
    UPLOADED,
    commit_digest,
    name_fault,
)

__all__ = [
    "Change",
    "DIGEST_SIZES",
    "EVALUATION",
    "FILTERED",
    "IMPORTED_FIELDS",
    "IMPORTED_FROM",
    "MAIN",
    "MERGED",
    "MOST_NAME",
    "OPERATIONS",
    "ORDINARY",
    "PROTECTED",
    "PROVENANCE_FIELDS",
    "PROVENANCE_LABELS",
    "PURPOSES",
    "REDACTED",
    "ROLLED_BACK",
    "SCAN_CHECKS",
    "SCAN_SETTINGS",
    "TDM_RESERVATIONS",
    "UPLOADED",
    "change_between",
    "checksum_of",
    "commit_digest",
    "imported_from",
    "in_words",
    "name_fault",
    "metadata_of",
    "provenance_digest",
    "scan_config_problem",
    "provenance_gaps",
    "sourced",
]
