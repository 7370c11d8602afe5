"""The back office of audit packs."""

from django.contrib import admin

from apps.core.back_office import RunBackOffice
from apps.reports import queries
from apps.reports.models import ReportRun


@admin.register(ReportRun)
class ReportRunAdmin(RunBackOffice):
    seen = staticmethod(queries.reports_seen_by)
    list_display = ["pk", "version", "state", "pages", "zip_size", "created_by", "created_at"]
    search_fields = ["version__model__name", "zip_digest", "pdf_digest", "json_digest"]
