"""Where content comes from, on what terms, and which document says so."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.models.datasets import DatasetVersion
from apps.catalog.rules.sources import SOURCE_FIELDS, TDM_RESERVATIONS
from apps.core.canonical import digest_of


class Source(models.Model):
    """One place that data was taken from: a site, a supplier, a system, a group of people."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=200, blank=True, help_text="who offers the data")
    origin = models.CharField(max_length=200, blank=True)
    collection_method = models.CharField(max_length=80, blank=True, help_text="code of the Data & Trust Alliance")
    collected_from = models.DateField(null=True, blank=True)
    collected_to = models.DateField(null=True, blank=True)
    geography = models.JSONField(default=list, blank=True, help_text="ISO 3166 codes")
    licence = models.CharField(max_length=200, blank=True)
    licence_evidence = models.CharField(max_length=500, blank=True, help_text="where the licence was read")
    licence_verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="who read it"
    )
    licence_verified_at = models.DateTimeField(null=True, blank=True)
    consent_document = models.CharField(max_length=500, blank=True, help_text="consent or contract: where it lies")
    consent_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the stored document")
    tdm_reservation = models.CharField(max_length=20, choices=list(TDM_RESERVATIONS.items()), default="unknown")
    tdm_note = models.CharField(max_length=500, blank=True, help_text="how and when it was looked for")
    intended_uses = models.JSONField(default=list, blank=True)
    confidentiality = models.CharField(max_length=40, blank=True)
    machine_generated = models.FloatField(null=True, blank=True, help_text="share written by machines, 0 to 1")
    imported_from = models.CharField(
        max_length=200, blank=True, help_text="file that the record was read from; empty once a person changed it"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="source_name_in_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def record_digest(self) -> str:
        """SHA-256 of everything on record about the source; it changes with every word, and with who verified it."""
        told = {name: _plain(getattr(self, name)) for name in SOURCE_FIELDS}
        evidence = {
            "document": self.consent_document,
            "document_digest": self.consent_digest,
            "verified_by": self.licence_verified_by_id,
            "verified_at": _plain(self.licence_verified_at),
        }
        return digest_of(told | evidence)


def _plain(value: Any) -> Any:
    """Times as ISO 8601 and fractions as text, so that every database gives the same digest."""
    if isinstance(value, date):
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
    return repr(value) if isinstance(value, float) else value


class VersionSource(models.Model):
    """One source that a dataset version holds rows of."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="source_links")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="version_links")
    share = models.FloatField(null=True, blank=True, help_text="share of the rows, 0 to 1")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "source"], name="version_source_once")]

    def __str__(self) -> str:
        return f"{self.version_id} from {self.source_id}"


class Derivation(models.Model):
    """A dataset version that was made out of another, of the same or of another dataset."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="derived_from")
    origin = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="derivatives")
    how = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "origin"], name="derivation_once")]

    def __str__(self) -> str:
        return f"{self.version_id} out of {self.origin_id}"


class MetadataImport(models.Model):
    """One file of metadata that was read into a dataset version: what it said, and what it lacked."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="metadata_imports")
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
