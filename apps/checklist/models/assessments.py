"""Which thing is held against which framework, and how far that is."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.models import DatasetVersion
from apps.checklist import rules
from apps.checklist.rules.subjects import FIELDS, GENAIOPS
from apps.registry.models import AISystem, ModelVersion
from apps.serving.models import Deployment

Subject = AISystem | ModelVersion | DatasetVersion | Deployment


def _exactly_one() -> Q:
    """The condition that one of the fields that name a subject is filled and all others are empty."""
    condition = Q()
    for name in FIELDS.values():
        condition |= Q(**{f"{other}__isnull": other != name for other in FIELDS.values()})
    return condition


class Assessment(models.Model):
    """One system, model version, dataset version or deployment held against one version of a framework."""

    class State(models.TextChoices):
        OPEN = rules.OPEN, rules.STATES[rules.OPEN]
        SUBMITTED = rules.SUBMITTED, rules.STATES[rules.SUBMITTED]
        APPROVED = rules.APPROVED, rules.STATES[rules.APPROVED]
        REFUSED = rules.REFUSED, rules.STATES[rules.REFUSED]

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assessments")
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    system = models.ForeignKey(AISystem, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments")
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    deployment = models.ForeignKey(
        Deployment, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    framework = models.CharField(max_length=120, help_text="the framework's URN")
    framework_version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "framework"], name="assessment_once"),
            models.UniqueConstraint(fields=["system", "framework"], name="assessment_of_system_once"),
            models.UniqueConstraint(fields=["dataset_version", "framework"], name="assessment_of_data_once"),
            models.UniqueConstraint(fields=["deployment", "framework"], name="assessment_of_deployment_once"),
            models.CheckConstraint(condition=_exactly_one(), name="assessment_has_one_subject"),
        ]
        indexes = [
            models.Index(fields=["team", "state", "submitted_at"], name="assessment_waiting"),
            models.Index(fields=["framework", "team", "-created_at"], name="assessment_of_framework"),
        ]

    def __str__(self) -> str:
        return f"{'Checklist' if self.framework == GENAIOPS else 'Assessment'} of {self.subject}"

    @property
    def subject_kind(self) -> str:
        """Which kind of thing it speaks of: system, version, dataset or deployment."""
        return next(kind for kind, name in FIELDS.items() if getattr(self, f"{name}_id") is not None)

    @property
    def subject_id(self) -> int:
        """The number of the thing that it speaks of, among those of its kind."""
        found: int = getattr(self, f"{FIELDS[self.subject_kind]}_id")
        return found

    @property
    def subject(self) -> Subject:
        """The thing that it speaks of."""
        found: Subject = getattr(self, FIELDS[self.subject_kind])
        return found

    @property
    def moves_stage(self) -> bool:
        """Whether its sign-off approves or rejects a model version; every other one is a decision on itself alone."""
        return self.version_id is not None and self.framework == GENAIOPS
