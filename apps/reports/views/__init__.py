"""The pages of documents: making them, their history, snapshots, and checking a pack."""

from apps.reports.views.packs import report_create, report_detail, report_download, report_list, verify

__all__ = ["report_create", "report_detail", "report_download", "report_list", "verify"]
