"""The back office of deployments."""

from django.contrib import admin

from apps.core.back_office import BackOffice
from apps.serving import queries
from apps.serving.models import Application, Deployment


@admin.register(Deployment)
class DeploymentAdmin(BackOffice):
    seen = staticmethod(queries.deployments_seen_by)
    list_display = ["name", "version", "team", "environment", "created_at", "stopped_at"]
    search_fields = ["name"]


@admin.register(Application)
class ApplicationAdmin(BackOffice):
    seen = staticmethod(queries.applications_seen_by)
    list_display = ["name", "deployment", "contact", "acknowledged_by", "acknowledged_at"]
    search_fields = ["name"]
