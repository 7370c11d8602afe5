"""Incidents and what they are about."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.incidents import rules


class Incident(models.Model):
    """Something that went wrong. It speaks of an object of any app by its table and number, as the trail does."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=30, choices=list(rules.KINDS.items()), default="other")
    severity = models.CharField(max_length=10, choices=list(rules.SEVERITIES.items()))
    state = models.CharField(max_length=10, choices=list(rules.STATES.items()), default=rules.OPEN)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="none: the platform itself"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    aware_at = models.DateTimeField(default=timezone.now, help_text="when the organisation came to know of it")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                name="incident_open_once",
                condition=Q(state="open") & ~Q(subject_id=""),
            )
        ]
        indexes = [models.Index(fields=["team", "state", "-opened_at", "-id"], name="incident_recent")]

    def __str__(self) -> str:
        return self.title
