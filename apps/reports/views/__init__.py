"""The pages of documents: choosing, looking what is missing, making, their history, snapshots, and checking a pack."""

from apps.reports.views.documents import (
    document_choose,
    document_prepare,
    document_prepare_from,
    document_start_from_view,
    document_start_view,
    readiness_start_view,
    subject_documents,
)
from apps.reports.views.organisation import organisation_logo_file, organisation_logo_view, organisation_page
from apps.reports.views.packs import report_detail, report_download, report_list
from apps.reports.views.snapshots import (
    snapshot_compare,
    snapshot_detail,
    snapshot_download,
    snapshot_list,
    snapshot_start_view,
)
from apps.reports.views.verifying import certificate, keys, verify, verify_program

__all__ = [
    "certificate",
    "document_choose",
    "document_prepare",
    "document_prepare_from",
    "document_start_from_view",
    "document_start_view",
    "keys",
    "organisation_logo_file",
    "organisation_logo_view",
    "organisation_page",
    "readiness_start_view",
    "report_detail",
    "report_download",
    "report_list",
    "snapshot_compare",
    "snapshot_detail",
    "snapshot_download",
    "snapshot_list",
    "snapshot_start_view",
    "subject_documents",
    "verify",
    "verify_program",
]
