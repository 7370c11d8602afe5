"""Every write about data."""

from apps.catalog.services.commits import dataset_version_commit, dataset_version_describe
from apps.catalog.services.datasets import dataset_create
from apps.catalog.services.scans import scan_finish, scan_start
from apps.catalog.services.uploads import (
    commit_start,
    upload_append,
    upload_cancel,
    upload_commit,
    upload_finish,
    upload_start,
    uploads_sweep,
)

__all__ = [
    "commit_start",
    "dataset_create",
    "dataset_version_commit",
    "dataset_version_describe",
    "scan_finish",
    "scan_start",
    "upload_append",
    "upload_cancel",
    "upload_commit",
    "upload_finish",
    "upload_start",
    "uploads_sweep",
]
