"""What was frozen, and about what."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.reports.rules.documents.spec import SUBJECTS


class About(models.Model):
    """Speaks of one thing by its kind and number, and keeps its name: a document outlives what it is about."""

    subject_kind = models.CharField(max_length=12, choices=list(SUBJECTS.items()))
    subject_id = models.PositiveBigIntegerField()
    subject_label = models.CharField(max_length=300)

    class Meta:
        abstract = True


class Snapshot(About):
    """Everything on record about one thing at one moment, as JSON in the storage. It never changes."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(
        max_length=120, blank=True, help_text="what people call it; empty where a document took it"
    )
    reason = models.TextField(blank=True)
    format = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the JSON")
    size = models.PositiveBigIntegerField(help_text="bytes")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        indexes = [
            models.Index(fields=["team", "-taken_at", "-id"], name="snapshot_recent"),
            models.Index(fields=["subject_kind", "subject_id", "-taken_at"], name="snapshot_of_subject"),
        ]

    def __str__(self) -> str:
        return self.label or f"Snapshot {self.pk}"
