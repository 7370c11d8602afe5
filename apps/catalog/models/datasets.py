"""Datasets and what git users know of them: commits, branches, tags, and views pinned to a commit."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.rules import MAIN, OPERATIONS, PURPOSES, UPLOADED, provenance_digest
from apps.catalog.rules.declared import Declared
from apps.core.plain import StoredNumbers


class Dataset(models.Model):
    """A named collection of rows that a team keeps; its content lives in versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    purpose = models.CharField(max_length=20, choices=list(PURPOSES.items()), default="ordinary")
    key_columns = models.JSONField(default=list, blank=True, help_text="columns that together name a row")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="dataset_name_in_team")]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(models.Model):
    """One commit: the rows of a dataset at one moment, whose content never changes; what is said about it may."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    branch = models.CharField(max_length=80, default=MAIN, help_text="the branch that it was committed on")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    merged = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_into")
    operation = models.CharField(max_length=20, choices=list(OPERATIONS.items()), default=UPLOADED)
    message = models.CharField(max_length=300, blank=True)
    filename = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the file")
    commit_digest = models.CharField(max_length=64, blank=True, db_index=True, help_text="content, parents and author")
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    chunks = models.PositiveIntegerField(default=1, help_text="pieces that the file is stored in")
    new_bytes = models.BigIntegerField(default=0, help_text="bytes that were not stored before")
    columns = models.JSONField(default=list)
    statistics = models.JSONField(null=True, blank=True, decoder=StoredNumbers)
    licence = models.CharField(max_length=200, blank=True)
    provenance = models.JSONField(default=dict, blank=True, decoder=StoredNumbers)  # or its digest would change
    carried = models.JSONField(
        default=dict, blank=True, help_text="statements that nobody made anew, with the versions they were made of"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="dataset_version_number")]
        indexes = [models.Index(fields=["team", "-created_at"], name="dataset_version_recent")]

    def __str__(self) -> str:
        return f"{self.dataset.name} v{self.number}"

    @property
    def provenance_digest(self) -> str:
        """SHA-256 of what is declared about the version: its content digest, licence and provenance."""
        return provenance_digest(self.digest, self.licence, self.provenance, self.carried)

    @property
    def declared(self) -> Declared:
        """What is said of it, and which of that was said of earlier versions only."""
        return Declared(self.licence, self.provenance, self.carried)


class Branch(models.Model):
    """A named line of commits; `head` is its newest."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(max_length=80)
    head = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="heads")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "branches"
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="branch_name_in_dataset")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A lasting name for one commit."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=80)
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="tags")
    message = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="tag_name_in_dataset")]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A filter over one commit's rows that somebody named: the commit never changes, so neither does what it gives."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="views")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    expression = models.TextField()
    rows = models.BigIntegerField()
    rows_digest = models.CharField(max_length=64, help_text="SHA-256 over the numbers of the rows that it gives")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="view_name_in_version")]

    def __str__(self) -> str:
        return self.name
