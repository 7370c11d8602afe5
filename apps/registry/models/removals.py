"""Who took a model or a version out of every list, and why; and who brought it back."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.registry.models.versions import ModelVersion, RegisteredModel


class Removal(models.Model):
    """One withdrawal of a version, or of a model with all versions that it had. Rows are ended, never erased."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="removals")
    version = models.ForeignKey(
        ModelVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="removals",
        help_text="none: the whole model",
    )
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    restored_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-removed_at", "-pk"]
        indexes = [models.Index(fields=["team", "-removed_at", "-id"], name="removal_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                name="removal_of_version_once",
                condition=Q(restored_at__isnull=True, version__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["model"],
                name="removal_of_model_once",
                condition=Q(restored_at__isnull=True, version__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.version or self.model)
