"""The back office of documents, of the runs that make them, and of snapshots."""

from django.contrib import admin

from apps.core.back_office import BackOffice, RunBackOffice
from apps.reports import queries
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.snapshots import snapshots_seen_by
from apps.reports.queries.standing import readiness_runs_seen_by, snapshot_runs_seen_by


@admin.register(ReportRun)
class ReportRunAdmin(RunBackOffice):
    seen = staticmethod(queries.reports_seen_by)
    list_display = ["pk", "document", "subject_label", "state", "pages", "created_by", "created_at"]
    list_filter = ["state", "subject_kind"]
    search_fields = ["subject_label", "document", "files"]


@admin.register(Snapshot)
class SnapshotAdmin(BackOffice):
    seen = staticmethod(snapshots_seen_by)
    list_display = ["pk", "label", "subject_label", "digest", "size", "taken_by", "taken_at"]
    list_filter = ["subject_kind"]
    search_fields = ["label", "subject_label", "digest"]


@admin.register(SnapshotRun)
class SnapshotRunAdmin(RunBackOffice):
    seen = staticmethod(snapshot_runs_seen_by)
    list_display = ["pk", "label", "subject_label", "state", "created_by", "created_at"]


@admin.register(ReadinessRun)
class ReadinessRunAdmin(RunBackOffice):
    seen = staticmethod(readiness_runs_seen_by)
    list_display = ["pk", "subject_label", "state", "created_by", "created_at"]
