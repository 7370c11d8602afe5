"""Which thing is held against which framework, and how far that is."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.checklist import rules
from apps.registry.models import ModelVersion


class Assessment(models.Model):
    """One model version held against one version of a framework."""

    class State(models.TextChoices):
        OPEN = rules.OPEN, rules.STATES[rules.OPEN]
        SUBMITTED = rules.SUBMITTED, rules.STATES[rules.SUBMITTED]
        APPROVED = rules.APPROVED, rules.STATES[rules.APPROVED]
        REFUSED = rules.REFUSED, rules.STATES[rules.REFUSED]

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assessments")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="assessments")
    framework = models.CharField(max_length=120, help_text="the framework's URN")
    framework_version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["version", "framework"], name="assessment_once")]
        indexes = [models.Index(fields=["team", "state", "submitted_at"], name="assessment_waiting")]

    def __str__(self) -> str:
        return f"Checklist of {self.version}"
