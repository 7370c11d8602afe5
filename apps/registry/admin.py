"""The back office of models."""

from django.contrib import admin

from apps.core.back_office import BackOffice, RunBackOffice
from apps.registry import queries
from apps.registry.models import ImportRun, ModelVersion, RegisteredModel, TuningRun


@admin.register(RegisteredModel)
class ModelAdmin(BackOffice):
    seen = staticmethod(queries.models_seen_by)
    list_display = ["name", "team", "created_by", "created_at"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name"]


@admin.register(ModelVersion)
class VersionAdmin(BackOffice):
    seen = staticmethod(queries.versions_seen_by)
    list_display = ["__str__", "team", "stage", "manifest_digest", "created_by", "created_at"]
    list_filter = ["stage"]
    search_fields = ["model__name", "manifest_digest"]


@admin.register(ImportRun)
class ImportRunAdmin(RunBackOffice):
    seen = staticmethod(queries.imports_seen_by)


@admin.register(TuningRun)
class TuningRunAdmin(RunBackOffice):
    seen = staticmethod(queries.tunings_seen_by)
