"""The runs that make, compare and look into dataset versions."""

from django.db import models

from apps.accounts.models import Team, User
from apps.catalog.models.datasets import Dataset, DatasetVersion
from apps.catalog.models.uploads import Upload
from apps.catalog.rules import MAIN, OPERATIONS, UPLOADED
from apps.core import queue
from apps.core.models import Run


class CommitRun(Run):
    """One piece of work that ends in a new dataset version: a large upload, a merge, a redacted copy."""

    kind = "commit"
    job = queue.COMMIT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="commits")
    branch = models.CharField(max_length=80, default=MAIN)
    operation = models.CharField(max_length=20, choices=list(OPERATIONS.items()), default=UPLOADED)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, blank=True, related_name="commits")
    source_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.OneToOneField(
        DatasetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class DiffRun(Run):
    """One comparison of the rows of two dataset versions, kept because neither will change."""

    kind = "diff"
    job = queue.DIFF

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="diffs")
    key_columns = models.JSONField(default=list, blank=True)
    rows_file = models.CharField(max_length=64, blank=True, help_text="digest of the file that lists every difference")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class ScanRun(Run):
    """One look into a dataset version: personal data, copies, planted text, licence and more."""

    kind = "scan"
    job = queue.SCAN

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="scans")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    findings_digest = models.CharField(max_length=64, blank=True)
    spans_file = models.CharField(max_length=64, blank=True, help_text="digest of the file of places")
