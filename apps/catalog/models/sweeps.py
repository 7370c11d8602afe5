"""What was removed from storage because nothing uses it any more."""

from django.db import models
from django.utils import timezone


class ChunkSweep(models.Model):
    """One sweep that removed chunks of files that never became a version."""

    lists = models.PositiveIntegerField(help_text="files that nothing referred to")
    chunks = models.PositiveIntegerField(help_text="pieces of them that no other file shares")
    size = models.BigIntegerField(help_text="bytes that were freed")
    swept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-swept_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.chunks} chunks"
