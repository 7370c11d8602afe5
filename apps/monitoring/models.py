"""Drift measurements."""

from django.db import models

from apps.accounts.models import Team, User
from apps.catalog.models import DatasetVersion
from apps.core import queue
from apps.core.models import Run
from apps.registry.models import ModelVersion


class DriftRun(Run):
    """One comparison, chunk by chunk, of observed data with the reference that was fitted on."""

    kind = "drift"
    job = queue.DRIFT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="drifts")
    reference = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")
    analysis = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")
    is_own_traffic = models.BooleanField(help_text="whether the data comes from this version's own use")
    opens_incident = models.BooleanField(default=False, help_text="whether alerts put an incident on record")
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
