"""The pages of data."""

from apps.catalog.views.datasets import (
    dataset_create_view,
    dataset_detail,
    dataset_list,
    scan_start_view,
    version_describe,
    version_detail,
)
from apps.catalog.views.uploads import upload_cancel_view, version_upload

__all__ = [
    "upload_cancel_view",
    "dataset_create_view",
    "dataset_detail",
    "dataset_list",
    "scan_start_view",
    "version_describe",
    "version_detail",
    "version_upload",
]
