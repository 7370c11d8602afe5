"""Snapshots of what is on record, and the documents that were made from them."""

from apps.reports.models.certificates import SealCertificate
from apps.reports.models.organisation import Organisation
from apps.reports.models.runs import ReadinessRun, ReportRun, SnapshotRun
from apps.reports.models.snapshots import Snapshot

__all__ = ["Organisation", "ReadinessRun", "ReportRun", "SealCertificate", "Snapshot", "SnapshotRun"]
