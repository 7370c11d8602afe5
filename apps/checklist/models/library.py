"""The evidence library of a team: documents that answers cite, version by version."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.checklist.rules.library import FILE, GIVEN, KINDS


class EvidenceDocument(models.Model):
    """One document that supports answers: a file, or what lies at an address. Its content stands in its versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="evidence_documents")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=list(KINDS.items()))
    shows = models.TextField(help_text="what it shows")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "title"], condition=Q(withdrawn_at=None), name="evidence_document_title"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""), name="evidence_document_withdrawn_because"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_file(self) -> bool:
        """Whether its versions are files; else they are addresses."""
        return self.kind == FILE


class EvidenceVersion(models.Model):
    """One version of a document. Never edited: a change is the next version, and what is wrong is withdrawn.

    `digest` is the SHA-256 of the file's bytes, or of the address. `effective_on` is the day from which the content
    holds, `uploaded_at` the moment when it came here, `expires_on` the last day on which it holds.
    """

    document = models.ForeignKey(EvidenceDocument, on_delete=models.PROTECT, related_name="versions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    filename = models.CharField(max_length=255, blank=True, help_text="empty: an address")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="bytes; empty: an address")
    media_type = models.CharField(max_length=100, blank=True, help_text="told from the file's name")
    link = models.CharField(max_length=2_000, blank=True, help_text="empty: a file")
    status = models.CharField(max_length=16, choices=list(GIVEN.items()))
    method = models.CharField(max_length=300, help_text="how it was obtained")
    effective_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True, help_text="the last day on which it holds")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        ordering = ["document", "-number"]
        indexes = [models.Index(fields=["expires_on"], name="evidence_version_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="evidence_version_number"),
            models.CheckConstraint(
                condition=Q(filename="", size=None) & ~Q(link="") | Q(link="", size__gt=0) & ~Q(filename=""),
                name="evidence_version_file_or_link",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("effective_on")), name="evidence_version_dates"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""), name="evidence_version_withdrawn_because"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}, version {self.number}"
