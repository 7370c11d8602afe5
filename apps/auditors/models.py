"""Who was let in, to look at what, until when."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.auditors import rules
from apps.registry.models import AISystem


class AuditGrant(models.Model):
    """One access for an auditor from outside: some systems of one team, by a person's account or by a link."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=list(rules.KINDS.items()))
    label = models.CharField(max_length=120, help_text="who looks, such as a certification body and its audit")
    reason = models.TextField()
    systems = models.ManyToManyField(AISystem, related_name="+")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="audit_grants")
    secret_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the secret in the link")
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    entered_at = models.DateTimeField(null=True, blank=True, help_text="when it was last entered by its link")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_because = models.TextField(blank=True)

    class Meta:
        verbose_name = "audit access"
        verbose_name_plural = "audit accesses"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="audit_grant_recent")]
        constraints = [
            models.UniqueConstraint(fields=["secret_digest"], condition=~Q(secret_digest=""), name="audit_grant_secret")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def trail_label(self) -> str:
        """How the trail names it: by number only."""
        return f"audit access {self.pk}"

    @property
    def state(self) -> str:
        """Whether it opens anything."""
        return rules.state_of(self.expires_at, self.revoked_at, timezone.now())

    @property
    def state_label(self) -> str:
        """Its state in words."""
        return rules.STATES[self.state]
