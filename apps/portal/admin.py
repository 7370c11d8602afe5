"""The back office of the audit trail, whose readers are known only up here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.queries import may_anywhere, person
from apps.audit.models import AuditEntry
from apps.core.back_office import BackOffice
from apps.portal.queries import trail_seen_by


@admin.register(AuditEntry)
class AuditEntryAdmin(BackOffice):
    seen = staticmethod(trail_seen_by)
    list_display = ["sequence", "at", "actor", "action", "object_type", "object_label", "team_id"]
    search_fields = ["=action", "=actor", "=object_id"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and may_anywhere(person(request), "trail.view")
