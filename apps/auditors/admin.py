"""The back office of audit accesses: to read. They are given, renewed and ended on their own pages."""

from django.contrib import admin

from apps.auditors.models import AuditGrant
from apps.auditors.queries import grants_seen_by
from apps.core.back_office import BackOffice


@admin.register(AuditGrant)
class AuditGrantAdmin(BackOffice):
    """Accesses of the teams for which one may give any; of the link not even its digest."""

    seen = staticmethod(grants_seen_by)
    list_display = ["label", "team", "kind", "state_label", "expires_at", "entered_at", "created_by", "revoked_at"]
    list_filter = ["kind"]
    search_fields = ["label"]
    exclude = ["secret_digest"]
