"""Files on their way in."""

from django.db import models

from apps.accounts.models import Team, User
from apps.catalog.models.datasets import Dataset, DatasetVersion
from apps.core.arriving import Arriving


class Upload(Arriving):
    """A file that arrives in pieces, possibly over days; once whole it becomes a dataset version."""

    prefix = "upload"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="uploads")
    filename = models.CharField(max_length=200)
    version = models.OneToOneField(
        DatasetVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="upload",
        help_text="what it became",
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was committed or given up")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename
