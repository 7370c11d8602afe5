"""The pages of data."""

from apps.catalog.views.datasets import (
    dataset_create_view,
    dataset_detail,
    dataset_list,
    scan_start_view,
    version_describe,
    version_detail,
)
from apps.catalog.views.diffs import diff, diff_start_view
from apps.catalog.views.history import (
    branch_create_view,
    branch_delete_view,
    rollback_view,
    settings_view,
    tag_create_view,
    tag_delete_view,
)
from apps.catalog.views.merges import merge_view
from apps.catalog.views.metadata import metadata_detail, metadata_export, metadata_import_view, metadata_sources
from apps.catalog.views.rows import version_rows, view_commit_view, view_create_view, view_detail
from apps.catalog.views.uploads import upload_cancel_view, version_upload

__all__ = [
    "diff",
    "diff_start_view",
    "version_rows",
    "view_commit_view",
    "view_create_view",
    "view_detail",
    "merge_view",
    "branch_create_view",
    "branch_delete_view",
    "rollback_view",
    "settings_view",
    "tag_create_view",
    "tag_delete_view",
    "metadata_detail",
    "metadata_export",
    "metadata_import_view",
    "metadata_sources",
    "upload_cancel_view",
    "dataset_create_view",
    "dataset_detail",
    "dataset_list",
    "scan_start_view",
    "version_describe",
    "version_detail",
    "version_upload",
]
