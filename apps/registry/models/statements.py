"""What is said of a version: its use, its limits, how it was trained."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import User
from apps.registry import rules
from apps.registry.models.records import VersionDocument
from apps.registry.models.versions import ModelVersion


class VersionStatement(models.Model):
    """One thing that is said of a version, in the words of docs/vocabulary.md: typed by somebody, or out of a card."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="statements")
    field = models.CharField(max_length=60)
    value = models.JSONField()
    status = models.CharField(max_length=12, choices=list(rules.FIGURE_STATES.items()), default=rules.DECLARED)
    document = models.ForeignKey(
        VersionDocument,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        help_text="the card that says it; none: a person did",
    )
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["version", "field"], name="version_statement_once")]

    def __str__(self) -> str:
        return f"{self.field} of {self.version_id}"
