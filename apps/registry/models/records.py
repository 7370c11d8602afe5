"""Figures on record for a version, files that still arrive, and cards and bills of materials that were read in."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.core.arriving import Arriving
from apps.registry import rules
from apps.registry.models.versions import ModelVersion


class VersionDocument(models.Model):
    """One card or bill of materials that was read into a version: what it said, and what it lacked."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="documents")
    format = models.CharField(max_length=20)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the stored file")
    found = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    applied = models.JSONField(default=list, blank=True, help_text="names of the fields that were taken over")
    applied_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename


class VersionMetric(models.Model):
    """One figure about a version that came from outside, such as from its card, with where it was read."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="metrics")
    name = models.CharField(max_length=250)
    value = models.FloatField(null=True, blank=True)
    text = models.CharField(max_length=200, blank=True, help_text="the value as it was written, if it is no number")
    task = models.CharField(max_length=120, blank=True)
    dataset = models.CharField(max_length=200, blank=True)
    split = models.CharField(max_length=60, blank=True)
    revision = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=500, blank=True, help_text="who says so: a file, an address")
    status = models.CharField(max_length=12, choices=list(rules.FIGURE_STATES.items()), default=rules.IMPORTED)
    details = models.JSONField(default=dict, blank=True, help_text="interval, configuration, date: what else was said")
    document = models.ForeignKey(
        VersionDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="metrics"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class ModelUpload(Arriving):
    """A file of a version that arrives in pieces, possibly over days."""

    prefix = "model-upload"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="uploads")
    path = models.CharField(max_length=300, help_text="where in the version the file belongs")
    digest = models.CharField(max_length=64, blank=True, help_text="of the whole file, once it is stored")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was stored or given up")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.path
