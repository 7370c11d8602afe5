"""The back office of evaluations."""

from django.contrib import admin

from apps.core.back_office import RunBackOffice
from apps.evaluation import queries
from apps.evaluation.models import EvaluationRun


@admin.register(EvaluationRun)
class EvaluationRunAdmin(RunBackOffice):
    seen = staticmethod(queries.evaluations_seen_by)
    exclude = ["claim_token", "result"]  # it quotes rows of data
