"""Reading datasets, and who may see which."""

from apps.catalog.queries.datasets import (
    MISSING,
    dataset_seen,
    dataset_version_seen,
    dataset_versions_seen_by,
    datasets_listed_for,
    datasets_seen_by,
)
from apps.catalog.queries.glances import (
    glances_of,
    with_newest,
)
from apps.catalog.queries.history import (
    branch_names,
    dataset_page,
)
from apps.catalog.queries.pages import (
    Comparison,
    DatasetVersionPage,
    Statement,
    dataset_version_page,
)
from apps.catalog.queries.refs import branches_seen_by, history_at, tags_seen_by, version_at
from apps.catalog.queries.rows.redactable import Redactable, leads_a_branch, redactable
from apps.catalog.queries.scan_steps import Step, scan_steps_of
from apps.catalog.queries.scans import (
    Scanned,
    kinds_placed,
    latest_scans,
    scan_marks,
    scan_result,
    scanned,
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
    "MISSING",
    "Comparison",
    "DatasetVersionPage",
    "Statement",
    "arrived",
    "branch_names",
    "branches_seen_by",
    "dataset_page",
    "dataset_seen",
    "dataset_version_page",
    "dataset_version_seen",
    "dataset_versions_seen_by",
    "datasets_listed_for",
    "datasets_seen_by",
    "glances_of",
    "history_at",
    "kinds_placed",
    "latest_scans",
    "leads_a_branch",
    "Redactable",
    "redactable",
    "Scanned",
    "Step",
    "scan_marks",
    "scan_steps_of",
    "scanned",
    "scan_result",
    "scans_seen_by",
    "tags_seen_by",
    "upload_seen",
    "uploads_open",
    "uploads_seen_by",
    "version_at",
    "versions_for",
    "with_newest",
]
