"""Every write about data."""

from apps.catalog.services.commits import dataset_version_commit, dataset_version_describe
from apps.catalog.services.datasets import dataset_create
from apps.catalog.services.scans import scan_finish, scan_start

__all__ = ["dataset_create", "dataset_version_commit", "dataset_version_describe", "scan_finish", "scan_start"]
