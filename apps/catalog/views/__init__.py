"""The pages of data."""

from apps.catalog.views.datasets import (
    dataset_create_view,
    dataset_detail,
    dataset_list,
    scan_start_view,
    version_describe,
    version_detail,
    version_upload,
)

__all__ = [
    "dataset_create_view",
    "dataset_detail",
    "dataset_list",
    "scan_start_view",
    "version_describe",
    "version_detail",
    "version_upload",
]
