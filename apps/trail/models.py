"""Verifications of the trail, and how far it was delivered."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.core import queue
from apps.core.models import Run


class TrailCheckRun(Run):
    """One verification of the whole trail, to its last row, against every signed checkpoint."""

    kind = "trail_check"
    job = queue.CHECK_TRAIL
    cancel_needs = retry_needs = "trail.view"
    subject = "the whole trail"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class TrailDelivery(models.Model):
    """How far the trail was delivered to one receiver that the administrator set. Its address stays in the settings."""

    target = models.CharField(max_length=20, unique=True)
    address_digest = models.CharField(max_length=64, help_text="SHA-256: a new receiver is told everything")
    position = models.BigIntegerField(default=0, help_text="the last entry that was taken")
    sent_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="since something was last taken")
    problem = models.CharField(max_length=80, blank=True)
    next_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True, blank=True, help_text="by the worker that sends now")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="the receiver asked for no more (HTTP 410)")

    class Meta:
        verbose_name_plural = "trail deliveries"
        ordering = ["target"]

    def __str__(self) -> str:
        return f"Delivery of the trail to the {self.target}"
