"""Deployments, the processes behind them, and the applications that call them."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.core import queue
from apps.core.models import Run
from apps.registry.models import ModelVersion


class Deployment(models.Model):
    """One approved model version made callable for a purpose."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="deployments")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="deployments")
    name = models.CharField(max_length=120)
    environment = models.CharField(max_length=60, help_text="where it runs, for example: internal test, production")
    purpose = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"], condition=models.Q(stopped_at=None), name="deployment_name_in_team"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ServingRun(Run):
    """The supervised process behind a deployment; it runs until it is stopped."""

    kind = "serving"
    job = queue.SERVE

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="runs")
    url = models.URLField(blank=True)
    pid = models.PositiveIntegerField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def is_ready(self) -> bool:
        """Whether the process of the present claim answers; an earlier one's readiness does not count."""
        if self.state != self.State.RUNNING or self.ready_at is None or self.started_at is None:
            return False
        return self.ready_at >= self.started_at


class Application(models.Model):
    """A program that calls a deployment, and whether its owner acknowledged that it uses generative AI."""

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="applications")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    contact = models.CharField(max_length=120, blank=True, help_text="a role or a mailbox, not a person")
    statement = models.TextField(blank=True, help_text="how the application tells its users")
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["deployment", "name"], name="application_once")]

    def __str__(self) -> str:
        return self.name
