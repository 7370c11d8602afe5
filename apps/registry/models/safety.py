"""Files that may run code, who let them through, and signatures over whole versions."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.registry import rules
from apps.registry.models.runs import FileScanRun
from apps.registry.models.versions import ModelVersion


class HeldFile(models.Model):
    """One file in quarantine: its format can run code when it is loaded. A named person may release it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="quarantine")
    path = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=40, help_text="pickle, joblib, torch zip, …")
    state = models.CharField(max_length=12, choices=list(rules.HELD_STATES.items()), default=rules.HELD)
    severity = models.CharField(max_length=12, blank=True, help_text="worst finding of the scanner; empty: not scanned")
    findings = models.JSONField(default=list, blank=True)
    scan = models.ForeignKey(FileScanRun, on_delete=models.PROTECT, null=True, blank=True, related_name="held_files")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["version", "path", "digest"], name="held_file_once")]
        indexes = [models.Index(fields=["team", "state", "-created_at"], name="held_file_waiting")]

    def __str__(self) -> str:
        return self.path


class VersionSignature(models.Model):
    """A signature in OpenSSF's model-signing form over a version's files, made with the organisation's key."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="signatures")
    manifest_digest = models.CharField(max_length=64)
    bundle = models.TextField(help_text="the Sigstore bundle, as JSON")
    key_digest = models.CharField(max_length=64, help_text="SHA-256 of the public key")
    public_key = models.TextField(blank=True, help_text="the key that verifies it, as PEM")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when it was last verified with the files")
    problem = models.CharField(max_length=300, blank=True, help_text="why it was last found not to hold")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"signature of {self.version_id}"
