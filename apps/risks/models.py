"""Risks, how they were rated over time, and the controls that hold them down."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.registry.models import AISystem, ModelVersion
from apps.risks import rules

_SCALE = Q(likelihood__gte=1, likelihood__lte=5, impact__gte=1, impact__lte=5)


class Risk(models.Model):
    """Something that could go wrong with a system, with a model version, or with a team's work as a whole."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="risks")
    system = models.ForeignKey(AISystem, on_delete=models.PROTECT, null=True, blank=True, related_name="risks")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="risks")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=30, choices=list(rules.CATEGORIES.items()), default=rules.OTHER)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="who answers for it")
    likelihood = models.PositiveSmallIntegerField(help_text="1 to 5, before anything is done")
    impact = models.PositiveSmallIntegerField(help_text="1 to 5, before anything is done")
    residual_likelihood = models.PositiveSmallIntegerField(null=True, blank=True)
    residual_impact = models.PositiveSmallIntegerField(null=True, blank=True)
    treatment = models.CharField(max_length=10, choices=list(rules.TREATMENTS.items()), default=rules.UNTREATED)
    plan = models.TextField(blank=True, help_text="what is done about it, by whom, until when")
    state = models.CharField(max_length=10, choices=list(rules.STATES.items()), default=rules.OPEN)
    review_on = models.DateField(null=True, blank=True, help_text="when it is looked at again")
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=_SCALE, name="risk_scale"),
            models.CheckConstraint(
                condition=Q(residual_likelihood__isnull=True, residual_impact__isnull=True)
                | Q(
                    residual_likelihood__gte=1,
                    residual_likelihood__lte=5,
                    residual_impact__gte=1,
                    residual_impact__lte=5,
                ),
                name="risk_residual_scale",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.OPEN) | Q(decided_by__isnull=False), name="risk_decision_has_person"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "state", "-updated_at", "-id"], name="risk_recent"),
            models.Index(fields=["state", "review_on"], name="risk_review"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def inherent_level(self) -> str:
        """How serious it is before anything is done."""
        return rules.level_of(self.likelihood, self.impact)

    @property
    def residual_level(self) -> str:
        """How serious it is with the controls at work; empty where nobody has rated that."""
        return rules.level_of(self.residual_likelihood, self.residual_impact)

    @property
    def level(self) -> str:
        """How serious it is as far as is known: with the controls where that was rated."""
        return self.residual_level or self.inherent_level


class RiskRating(models.Model):
    """One judgement of a risk, kept when it is judged anew."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="ratings")
    kind = models.CharField(max_length=10, choices=list(rules.RATINGS.items()))
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    because = models.TextField(blank=True)
    rated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-rated_at", "-pk"]
        constraints = [models.CheckConstraint(condition=_SCALE, name="rating_scale")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.risk_id}: {self.likelihood} × {self.impact}"

    @property
    def level(self) -> str:
        """How serious it was judged."""
        return rules.level_of(self.likelihood, self.impact)


class RiskControl(models.Model):
    """What holds a risk down. `rule` is a line of a gate's policy that the platform checks; empty: people say."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="controls")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    rule = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=list(rules.CONTROL_STATES.items()), default=rules.UNCHECKED)
    found = models.TextField(blank=True, help_text="what the last check found")
    found_digest = models.CharField(max_length=64, blank=True, help_text="digest of what the check read")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="none: the platform"
    )
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at", "pk"]
        indexes = [models.Index(fields=["risk"], name="control_at_work", condition=Q(removed_at__isnull=True))]

    def __str__(self) -> str:
        return self.title

    @property
    def trail_label(self) -> str:
        """How the trail names it."""
        return f"Control “{self.title}” of “{self.risk}”"
