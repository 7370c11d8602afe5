"""The API of documents, snapshots and audit packs."""

from apps.reports.api.packs import ReportViewSet

__all__ = ["ReportViewSet"]
