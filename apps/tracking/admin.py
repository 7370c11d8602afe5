"""The back office of experiments and runs."""

from django.contrib import admin

from apps.core.back_office import BackOffice
from apps.tracking import queries
from apps.tracking.models import Experiment, LoggedModel, TrackingRun


@admin.register(Experiment)
class ExperimentAdmin(BackOffice):
    seen = staticmethod(queries.experiments_seen_by)
    list_display = ["name", "team", "lifecycle", "created_by", "created_at"]
    list_filter = ["lifecycle"]
    search_fields = ["name"]


@admin.register(TrackingRun)
class TrackingRunAdmin(BackOffice):
    seen = staticmethod(queries.runs_seen_by)
    list_display = ["uuid", "name", "experiment", "state", "lifecycle", "created_by", "started_at"]
    list_filter = ["state", "lifecycle"]
    search_fields = ["uuid", "name"]


@admin.register(LoggedModel)
class LoggedModelAdmin(BackOffice):
    seen = staticmethod(queries.logged_models_seen_by)
    list_display = ["model_id", "name", "experiment", "state", "created_by", "created_at"]
    list_filter = ["state"]
    search_fields = ["model_id", "name"]
