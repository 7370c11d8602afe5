"""The back office of risks."""

from django.contrib import admin

from apps.core.back_office import BackOffice
from apps.risks.models import Risk
from apps.risks.queries import risks_seen_by


@admin.register(Risk)
class RiskAdmin(BackOffice):
    seen = staticmethod(risks_seen_by)
    list_display = ["title", "team", "category", "state", "likelihood", "impact", "owner", "review_on", "updated_at"]
    list_filter = ["state", "category", "treatment"]
    search_fields = ["title"]
