"""The AI systems that people use, and which model versions work in them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.registry import rules
from apps.registry.models.versions import ModelVersion


class AISystem(models.Model):
    """What is put into service: a purpose, an owner, a risk class; model versions are parts of it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="systems")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    intended_purpose = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="who answers for it")
    risk_class = models.CharField(max_length=20, choices=list(rules.RISK_CLASSES.items()), default=rules.RISK_UNKNOWN)
    risk_reason = models.TextField(blank=True, help_text="why it is of this class")
    is_small_provider = models.BooleanField(
        default=False, help_text="its provider is a small enterprise, which may document it in the simplified form"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "AI system"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="system_name_in_team")]

    def __str__(self) -> str:
        return self.name


class SystemVersion(models.Model):
    """One model version at work in a system, from when to when."""

    system = models.ForeignKey(AISystem, on_delete=models.PROTECT, related_name="parts")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="systems")
    role = models.CharField(max_length=200, blank=True, help_text="what it does in the system")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "version"], name="system_version_once", condition=Q(until__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.system_id}"
