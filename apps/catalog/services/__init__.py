"""Every write about data."""

from apps.catalog.services.branches import (
    branch_create,
    branch_delete,
    branch_rollback,
    dataset_keys_set,
    dataset_purpose_set,
    dataset_settings_set,
    tag_create,
    tag_delete,
)
from apps.catalog.services.commits import dataset_version_commit
from apps.catalog.services.datasets import dataset_create
from apps.catalog.services.describing import dataset_version_describe
from apps.catalog.services.merges import merge_preview, merge_start
from apps.catalog.services.metadata import metadata_apply, metadata_import, metadata_sources_record
from apps.catalog.services.provenance import (
    derivation_add,
    derivation_remove,
    provenance_carry,
    version_source_link,
    version_source_unlink,
)
from apps.catalog.services.redactions import redaction_start
from apps.catalog.services.scans import scan_finish, scan_start
from apps.catalog.services.sources import (
    source_change,
    source_create,
    source_document_store,
    source_verify_licence,
)
from apps.catalog.services.sweeps import chunks_sweep
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
    "branch_create",
    "branch_delete",
    "branch_rollback",
    "chunks_sweep",
    "commit_start",
    "dataset_create",
    "dataset_keys_set",
    "dataset_purpose_set",
    "dataset_settings_set",
    "dataset_version_commit",
    "dataset_version_describe",
    "derivation_add",
    "derivation_remove",
    "merge_preview",
    "merge_start",
    "metadata_apply",
    "metadata_import",
    "metadata_sources_record",
    "provenance_carry",
    "redaction_start",
    "scan_finish",
    "scan_start",
    "source_change",
    "source_create",
    "source_document_store",
    "source_verify_licence",
    "tag_create",
    "tag_delete",
    "upload_append",
    "upload_cancel",
    "upload_commit",
    "upload_finish",
    "upload_start",
    "uploads_sweep",
    "version_source_link",
    "version_source_unlink",
]
