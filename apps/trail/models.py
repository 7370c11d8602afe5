"""Verifications of the trail."""

from django.db import models

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
