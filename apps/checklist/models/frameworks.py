"""Frameworks that people loaded, beside those that come with the product."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import User


class FrameworkFile(models.Model):
    """One version of a framework that somebody loaded, word for word. Never edited: a change is the next version."""

    urn = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 over every text and rule")
    text = models.TextField(help_text="the file as it was loaded")
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["urn", "version"]
        constraints = [models.UniqueConstraint(fields=["urn", "version"], name="framework_file_once")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
