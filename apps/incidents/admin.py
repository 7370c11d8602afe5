"""The back office of incidents."""

from django.contrib import admin

from apps.core.back_office import BackOffice
from apps.incidents.models import Incident
from apps.incidents.queries import incidents_seen_by


@admin.register(Incident)
class IncidentAdmin(BackOffice):
    seen = staticmethod(incidents_seen_by)
    list_display = ["title", "team", "kind", "severity", "state", "subject_label", "opened_at", "closed_at"]
    list_filter = ["state", "severity", "kind"]
    search_fields = ["title", "subject_label"]
