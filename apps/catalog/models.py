"""Datasets, their versions, and the scans that looked into them."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.rules import provenance_digest
from apps.core import queue
from apps.core.models import Run
from apps.core.plain import StoredNumbers


class Dataset(models.Model):
    """A named collection of rows that a team keeps; its content lives in versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="dataset_name_in_team")]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(models.Model):
    """The rows of a dataset at one moment, as one stored file that never changes; what is said about it may."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    message = models.CharField(max_length=300, blank=True)
    filename = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    columns = models.JSONField(default=list)
    licence = models.CharField(max_length=200, blank=True)
    provenance = models.JSONField(default=dict, blank=True, decoder=StoredNumbers)  # or its digest would change
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="dataset_version_number"),
            models.UniqueConstraint(fields=["dataset", "digest"], name="dataset_version_content"),
        ]
        indexes = [models.Index(fields=["team", "-created_at"], name="dataset_version_recent")]

    def __str__(self) -> str:
        return f"{self.dataset.name} v{self.number}"

    @property
    def provenance_digest(self) -> str:
        """SHA-256 of what is declared about the version: its content digest, licence and provenance."""
        return provenance_digest(self.digest, self.licence, self.provenance)


class ScanRun(Run):
    """One look into a dataset version: personal data, duplicates, licence."""

    kind = "scan"
    job = queue.SCAN

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="scans")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    findings_digest = models.CharField(max_length=64, blank=True)
