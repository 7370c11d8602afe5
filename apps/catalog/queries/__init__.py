"""Reading datasets, and who may see which."""

from apps.catalog.queries.datasets import (
    MISSING,
    dataset_seen,
    dataset_version_seen,
    dataset_versions_seen_by,
    datasets_listed_for,
    datasets_seen_by,
)
from apps.catalog.queries.history import (
    branch_names,
)
from apps.catalog.queries.pages import (
    Comparison,
    DatasetVersionPage,
    Statement,
    dataset_version_page,
)
from apps.catalog.queries.scans import (
    latest_scans,
    scan_marks,
    scans_seen_by,
    versions_for,
)
from apps.catalog.queries.uploads import (
    arrived,
    upload_seen,
    uploads_open,
    uploads_seen_by,
)

__all__ = [
    "Comparison",
    "DatasetVersionPage",
    "MISSING",
    "Statement",
    "dataset_seen",
    "dataset_version_page",
    "dataset_version_seen",
    "dataset_versions_seen_by",
    "datasets_listed_for",
    "datasets_seen_by",
    "latest_scans",
    "scan_marks",
    "scans_seen_by",
    "versions_for",
    "arrived",
    "branch_names",
    "upload_seen",
    "uploads_open",
    "uploads_seen_by",
]
