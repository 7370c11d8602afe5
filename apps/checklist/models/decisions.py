"""What is decided on an assessment: sign-offs, and what may stand until a day."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.checklist import rules
from apps.checklist.models.assessments import Assessment
from apps.checklist.models.policies import GatePolicy
from apps.checklist.rules.problems import CONFLICT


class SignOff(models.Model):
    """One decision on an assessment by a second person, with the digest of everything it was taken on.

    `roles` are those that counted for the policy, `policy_revision` is 0 for the policy that comes with the product,
    and `is_final` says whether the assessment was decided with it, or whether other sign-offs were still missing.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="sign_offs")
    decision = models.CharField(max_length=12, choices=[(rules.APPROVED, "Approved"), (rules.REFUSED, "Refused")])
    reason = models.TextField()
    basis_digest = models.CharField(max_length=64)
    basis = models.JSONField(default=dict)
    policy = models.ForeignKey(
        GatePolicy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="empty: the portal's own",
    )
    policy_revision = models.PositiveIntegerField(default=0)
    policy_digest = models.CharField(max_length=64, blank=True, help_text="empty: before policies were data")
    roles = models.JSONField(default=list, blank=True)
    is_final = models.BooleanField(default=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.decision} by user {self.decided_by_id}"


class Waiver(models.Model):
    """One reason against approval that may stand until a day, allowed by a second person with a reason.

    `conflict` is the key of what it lets pass: of a conflict of licences the digest of the chain and the term, of any
    other reason that of what it says, of a whole rule of the policy that of the line. Where that changes, it covers
    nothing. `kind` says which it is, in a word.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="waivers")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    conflict = models.CharField(max_length=64)
    kind = models.CharField(max_length=30, default=CONFLICT)
    question = models.CharField(max_length=120, blank=True, help_text="empty: a whole rule")
    sentence = models.TextField(help_text="what it lets pass, in the words of the day")
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
