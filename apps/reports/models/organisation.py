"""The organisation that documents speak for."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import User


class Organisation(models.Model):
    """Who answers for what this site documents, and how its papers look. There is one row at most."""

    ONLY = 1

    name = models.CharField(max_length=200, help_text="The legal name.")
    address = models.TextField(blank=True, max_length=500)
    contact = models.CharField(
        max_length=200, blank=True, help_text="How authorities and customers reach you: a function, not a person."
    )
    representative_name = models.CharField("Authorised representative in the Union", max_length=200, blank=True)
    representative_address = models.TextField("Address of the representative", blank=True, max_length=500)
    representative_contact = models.CharField("Contact of the representative", max_length=200, blank=True)
    colour = models.CharField(max_length=7, blank=True, help_text="Such as #1f4fa3; dark enough to read on white.")
    logo_digest = models.CharField(max_length=64, blank=True)
    sections = models.TextField(
        "Further sections",
        blank=True,
        help_text="Plain text at the end of each document. A line of ## and a title begins a section.",
    )
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "organisation"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="organisation_is_one")]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_label(self) -> str:
        """How the trail names it."""
        return "the organisation"
