"""Audit packs in the back office: to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.reports.models import ReportRun


@admin.register(ReportRun)
class ReportRunAdmin(admin.ModelAdmin):
    """Which packs were made, of what, by whom; nothing can be changed here."""

    list_display = ["id", "version", "state", "pages", "zip_size", "created_by", "created_at"]
    list_filter = ["state", "team"]
    search_fields = ["version__model__name", "zip_digest", "pdf_digest", "json_digest"]
    list_select_related = ["version__model", "created_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
