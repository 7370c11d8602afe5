"""Audit packs that were made."""

from django.db import models

from apps.accounts.models import Team, User
from apps.core import queue
from apps.core.models import Run
from apps.registry.models import ModelVersion


class ReportRun(Run):
    """One audit pack of a model version: PDF, JSON and ZIP, by their digests."""

    kind = "report"
    job = queue.REPORT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="reports")
    pdf_digest = models.CharField(max_length=64, blank=True)
    json_digest = models.CharField(max_length=64, blank=True)
    zip_digest = models.CharField(max_length=64, blank=True)
    zip_size = models.BigIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
