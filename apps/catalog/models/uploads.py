"""Files on their way in."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.models.datasets import Dataset, DatasetVersion


class Upload(models.Model):
    """A file that arrives in pieces, possibly over days; once whole it becomes a dataset version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="uploads")
    filename = models.CharField(max_length=200)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0, help_text="bytes that have arrived")
    expect_digest = models.CharField(max_length=64, blank=True)
    metadata = models.TextField(blank=True, help_text="the Upload-Metadata header, as it was sent")
    version = models.OneToOneField(
        DatasetVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="upload",
        help_text="what it became",
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was committed or given up")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.offset == self.size

    @property
    def share(self) -> float:
        """How much of it has arrived, 0 to 1."""
        return self.offset / self.size if self.size else 1.0

    @property
    def arrival(self) -> str:
        """The name of its file among those that arrive."""
        return f"upload-{self.pk.hex}"

    @property
    def expires_at(self) -> datetime:
        """Until when the rest is waited for; every piece puts it off."""
        return self.touched_at + timedelta(days=settings.UPLOAD_DAYS)
