"""The back office of drift measurements."""

from django.contrib import admin

from apps.core.back_office import RunBackOffice
from apps.monitoring import queries
from apps.monitoring.models import DriftRun


@admin.register(DriftRun)
class DriftRunAdmin(RunBackOffice):
    seen = staticmethod(queries.drifts_seen_by)
