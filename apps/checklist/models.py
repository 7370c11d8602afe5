"""Assessments, answers, the evidence behind them, and sign-offs."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.checklist import rules
from apps.registry.models import ModelVersion


class Assessment(models.Model):
    """One model version held against one version of a framework."""

    class State(models.TextChoices):
        OPEN = rules.OPEN, rules.STATES[rules.OPEN]
        SUBMITTED = rules.SUBMITTED, rules.STATES[rules.SUBMITTED]
        APPROVED = rules.APPROVED, rules.STATES[rules.APPROVED]
        REFUSED = rules.REFUSED, rules.STATES[rules.REFUSED]

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assessments")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="assessments")
    framework = models.CharField(max_length=120, help_text="the framework's URN")
    framework_version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["version", "framework"], name="assessment_once")]
        indexes = [models.Index(fields=["team", "state", "submitted_at"], name="assessment_waiting")]

    def __str__(self) -> str:
        return f"Checklist of {self.version}"


class Answer(models.Model):
    """One revision of the answer to one question; the latest is current, the earlier ones stay readable.

    `stated` is what a person said, `status` is how the answer is known when evidence is taken into account.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    revision = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    status = models.CharField(max_length=16, choices=list(rules.STATUSES.items()))
    stated = models.CharField(
        max_length=16, choices=list(rules.STATED.items()), blank=True, help_text="empty: nobody has said anything"
    )
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="why the question does not apply")
    stated_on = models.CharField(
        max_length=64, blank=True, help_text="digest of what the statement spoke of when it was made"
    )
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: the platform"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["question", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question", "revision"], name="answer_revision"),
            models.UniqueConstraint(
                fields=["assessment", "question"], condition=Q(is_current=True), name="answer_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(status=rules.NOT_APPLICABLE) | ~Q(reason=""), name="answer_not_applicable_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(stated="") | Q(answered_by__isnull=False), name="answer_statement_has_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.status}"


class Evidence(models.Model):
    """What stands behind an answer, with the digest of what it spoke of when it was collected."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    collector = models.CharField(max_length=60, blank=True, help_text="empty: given by hand")
    status = models.CharField(max_length=16, choices=list(rules.STATUSES.items()))
    method = models.CharField(max_length=300)
    summary = models.TextField()
    value = models.JSONField(default=dict, blank=True)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    subject_label = models.CharField(max_length=200)
    subject_digest = models.CharField(max_length=64)
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: the platform"
    )
    collected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.summary[:80]


class SignOff(models.Model):
    """One decision on an assessment by a second person, with the digest of everything it was taken on."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="sign_offs")
    decision = models.CharField(max_length=12, choices=[(rules.APPROVED, "Approved"), (rules.REFUSED, "Refused")])
    reason = models.TextField()
    basis_digest = models.CharField(max_length=64)
    basis = models.JSONField(default=dict)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.decision} by user {self.decided_by_id}"


class Waiver(models.Model):
    """One conflict of licences that may stand until a day, allowed by a second person with a reason.

    `conflict` is the digest of the chain and the term that it speaks of: where either changes, it covers nothing.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="waivers")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    conflict = models.CharField(max_length=64)
    question = models.CharField(max_length=60)
    sentence = models.TextField(help_text="the conflict in the words of the day")
    reason = models.TextField()
    expires_on = models.DateField(help_text="the last day on which it holds")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-granted_at", "-pk"]
        indexes = [models.Index(fields=["assessment", "conflict"], name="waiver_of_conflict")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason")]

    def __str__(self) -> str:
        return f"Waiver {self.pk} of {self.assessment}"

    @property
    def trail_label(self) -> str:
        """How the trail names it."""
        return f"Waiver on {self.assessment}"
