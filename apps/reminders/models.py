"""How each person wants to be reminded, and what they were told."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import User


class ReminderChoice(models.Model):
    """How one person is reminded. The address of their calendar is a secret of which only the digest is kept."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="reminder_choice")
    by_mail = models.BooleanField(default=True)
    calendar_digest = models.CharField(max_length=64, blank=True, db_index=True)
    calendar_made_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Reminders of user {self.user_id}"


class SentReminder(models.Model):
    """One thing that somebody was told by mail, at one stage of it being due."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    stage = models.CharField(max_length=10)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key", "stage"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.key} told to user {self.user_id}"
