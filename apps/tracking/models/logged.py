"""Models and files that runs wrote."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.tracking import rules
from apps.tracking.models.experiments import Experiment, TrackingRun


class LoggedModel(models.Model):
    """A model that a run wrote, before or without its being registered."""

    model_id = models.CharField(max_length=34, unique=True, help_text="m- and 32 hexadecimal digits")
    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="logged_models")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(TrackingRun, on_delete=models.PROTECT, null=True, blank=True, related_name="logged_models")
    name = models.CharField(max_length=500, blank=True)
    model_type = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=30, choices=list(rules.LOGGED_STATES.items()), default=rules.PENDING)
    state_message = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["experiment", "-created_at", "-id"], name="logged_model_recent")]

    def __str__(self) -> str:
        return self.name or self.model_id


class RunOutput(models.Model):
    """One logged model that came out of a run, and at which step; or one that went in."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="model_links")
    logged_model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, related_name="run_links")
    is_input = models.BooleanField(default=False)
    step = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["step", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "logged_model", "is_input"], name="run_model_once")]

    def __str__(self) -> str:
        return f"{self.logged_model_id} of run {self.run_id}"


class TrackedFile(models.Model):
    """One file that a run or a logged model holds, by its path and the digest of its bytes."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    logged_model = models.ForeignKey(LoggedModel, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                name="tracked_file_one_owner",
                condition=Q(run__isnull=False, logged_model__isnull=True)
                | Q(run__isnull=True, logged_model__isnull=False),
            ),
            models.UniqueConstraint(fields=["run", "path"], name="tracked_file_of_run", condition=Q(run__isnull=False)),
            models.UniqueConstraint(
                fields=["logged_model", "path"],
                name="tracked_file_of_logged_model",
                condition=Q(logged_model__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.path
