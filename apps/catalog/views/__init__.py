"""The pages of data."""

from apps.catalog.views.datasets import (
    dataset_create_view,
    dataset_detail,
    dataset_list,
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
from apps.catalog.views.scans import redaction_start_view, scan_start_view
from apps.catalog.views.sources import (
    derivation_add_view,
    derivation_remove_view,
    source_change_view,
    source_create_view,
    source_detail,
    source_document_view,
    source_list,
    source_verify_view,
    version_provenance,
    version_source_link_view,
    version_source_unlink_view,
)
from apps.catalog.views.uploads import upload_cancel_view, version_upload

__all__ = [
    "branch_create_view",
    "branch_delete_view",
    "dataset_create_view",
    "dataset_detail",
    "dataset_list",
    "derivation_add_view",
    "derivation_remove_view",
    "diff",
    "diff_start_view",
    "merge_view",
    "metadata_detail",
    "metadata_export",
    "metadata_import_view",
    "metadata_sources",
    "rollback_view",
    "redaction_start_view",
    "scan_start_view",
    "settings_view",
    "source_change_view",
    "source_create_view",
    "source_detail",
    "source_document_view",
    "source_list",
    "source_verify_view",
    "tag_create_view",
    "tag_delete_view",
    "upload_cancel_view",
    "version_describe",
    "version_detail",
    "version_provenance",
    "version_rows",
    "version_source_link_view",
    "version_source_unlink_view",
    "version_upload",
    "view_commit_view",
    "view_create_view",
    "view_detail",
]
