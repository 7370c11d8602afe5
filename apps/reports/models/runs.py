"""The work on documents: freezing what is on record, looking what is missing, and making a document."""

from django.db import models

from apps.accounts.models import Team, User
from apps.core import queue
from apps.core.models import Run
from apps.registry.models import ModelVersion
from apps.reports.models.snapshots import About, Snapshot
from apps.reports.rules.documents.spec import AUDIT_PACK, PDF


class SnapshotRun(About, Run):
    """Freezes everything on record about one thing; the snapshot stands in the row once it is taken."""

    kind = "snapshot"
    job = queue.SNAPSHOT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    reason = models.TextField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Run.Meta):
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-created_at"], name="freezing_of_subject")]


class ReadinessRun(About, Run):
    """Looks, for every kind of document about one thing, which of its points could be filled at present."""

    kind = "readiness"
    job = queue.READINESS

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Run.Meta):
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-created_at"], name="readiness_of_subject")]


class ReportRun(About, Run):
    """One document about one thing, in each of its formats, or one audit pack of documents.

    `files` lists what was made: form, SHA-256, size in bytes, and pages where there are any; the last two are None
    where they are not known. `config` of a pack may list the `documents` that were chosen for it.
    """

    kind = "report"
    job = queue.REPORT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    document = models.SlugField(max_length=80, default=AUDIT_PACK)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    audience = models.SlugField(max_length=40, blank=True)
    is_simplified = models.BooleanField(default=False, help_text="the short edition for small providers")
    files = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Run.Meta):
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-created_at"], name="report_of_subject"),
            models.Index(fields=["team", "-created_at", "-id"], name="report_recent"),
        ]

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file by its form."""
        return {file["form"]: file["digest"] for file in self.files}

    @property
    def pages(self) -> int | None:
        """Of the PDF; None where there is none."""
        return next((file["pages"] for file in self.files if file["form"] == PDF), None)
