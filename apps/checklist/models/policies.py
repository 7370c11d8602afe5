"""What has to hold before a version of a team is approved, as the team has written it down."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User


class GatePolicy(models.Model):
    """One revision of a team's policy of the gate, with who set it and why. Its words are never changed.

    Policies of a team go by names; of each name the latest revision is current. A revision that withdraws the policy
    holds for nothing: then the next policy holds, or the one that comes with the product.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="gate_policies")
    name = models.SlugField(max_length=60, help_text="policies with conditions are tried in the order of their names")
    revision = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    is_withdrawn = models.BooleanField(default=False)
    title = models.CharField(max_length=120)
    text = models.TextField(help_text="YAML; docs/gates.md tells the language")
    digest = models.CharField(max_length=64, help_text="over what it says, not over how it is written down")
    reason = models.TextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "policy of the gate"
        verbose_name_plural = "policies of the gate"
        ordering = ["name", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name", "revision"], name="gate_policy_revision"),
            models.UniqueConstraint(
                fields=["team", "name"], condition=Q(is_current=True), name="gate_policy_one_current"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="gate_policy_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (revision {self.revision})"
