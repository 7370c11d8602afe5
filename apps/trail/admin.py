"""The back office of verifications."""

from django.contrib import admin

from apps.core.back_office import RunBackOffice
from apps.trail import queries
from apps.trail.models import TrailCheckRun


@admin.register(TrailCheckRun)
class TrailCheckRunAdmin(RunBackOffice):
    seen = staticmethod(queries.checks_seen_by)
    list_display = ["pk", "state", "message", "created_by", "created_at"]
