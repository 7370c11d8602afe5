"""Experiments and the runs in them."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.tracking import rules


class Experiment(models.Model):
    """A named collection of logged runs."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="experiments")
    name = models.CharField(max_length=500)
    lifecycle = models.CharField(max_length=10, choices=list(rules.LIFECYCLES.items()), default=rules.ACTIVE)
    tags = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="experiment_name_in_team")]
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="experiment_recent")]

    def __str__(self) -> str:
        return self.name


class TrackingRun(models.Model):
    """One run that a person's own tool logs: a training, a test, a try."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="runs")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    uuid = models.CharField(max_length=32, unique=True, help_text="32 hexadecimal digits: the run_id of the protocol")
    name = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=12, choices=list(rules.RUN_STATES.items()), default=rules.RUNNING)
    lifecycle = models.CharField(max_length=10, choices=list(rules.LIFECYCLES.items()), default=rules.ACTIVE)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["experiment", "lifecycle", "-started_at", "-id"], name="tracking_run_recent"),
            models.Index(fields=["team", "-started_at", "-id"], name="tracking_run_team_recent"),
        ]

    def __str__(self) -> str:
        return self.name or self.uuid

    @property
    def seconds(self) -> float | None:
        """Wall clock from start to end; None while it goes on, or where the tool told an end before the start."""
        if self.ended_at is None or self.ended_at < self.started_at:
            return None
        return (self.ended_at - self.started_at).total_seconds()
