"""The API of documents, snapshots and audit packs."""

from apps.reports.api.organisation import OrganisationLogoView, OrganisationView
from apps.reports.api.packs import DocumentKindsView, ReportViewSet
from apps.reports.api.snapshots import ReadinessViewSet, SnapshotCompareView, SnapshotViewSet
from apps.reports.api.verifying import SigningKeysView, VerificationView

__all__ = [
    "DocumentKindsView",
    "OrganisationLogoView",
    "OrganisationView",
    "ReadinessViewSet",
    "ReportViewSet",
    "SigningKeysView",
    "SnapshotCompareView",
    "SnapshotViewSet",
    "VerificationView",
]
