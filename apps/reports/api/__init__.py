"""The API of documents, snapshots and audit packs."""

from apps.reports.api.packs import ReportViewSet
from apps.reports.api.verifying import SigningKeysView, VerificationView

__all__ = ["ReportViewSet", "SigningKeysView", "VerificationView"]
