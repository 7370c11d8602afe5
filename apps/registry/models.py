"""Models, versions, the files they are made of, how they were tuned, and what they came from."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.catalog.models import DatasetVersion
from apps.core import queue
from apps.core.models import Run
from apps.registry import rules


class RegisteredModel(models.Model):
    """A named model that a team keeps; what can be tuned, approved and deployed are its versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="registered_models")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    intended_purpose = models.TextField(blank=True)
    intended_uses = models.JSONField(default=list, blank=True, help_text="codes that licences are held against")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "model"
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="model_name_in_team")]

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One set of weights and files. Its stage is a decision; only a sign-off makes it `approved`."""

    class Stage(models.TextChoices):
        DRAFT = rules.DRAFT, "Draft"
        CANDIDATE = rules.CANDIDATE, "Candidate"
        APPROVED = rules.APPROVED, "Approved"
        REJECTED = rules.REJECTED, "Rejected"
        RETIRED = rules.RETIRED, "Retired"

    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="versions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.DRAFT)
    source = models.CharField(max_length=500, blank=True, help_text="the folder or hub id it was registered from")
    description = models.TextField(blank=True)
    architecture = models.CharField(max_length=120, blank=True)
    parameters = models.BigIntegerField(null=True, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    relation = models.CharField(max_length=20, choices=list(rules.RELATIONS.items()), blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="architecture facts read from the files")
    manifest_digest = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    approved_digest = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="model_version_number")]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="model_version_recent"),
            models.Index(fields=["model", "-created_at", "-id"], name="model_version_of_model"),
            models.Index(fields=["model", "stage", "-number"], name="model_version_by_stage"),
            models.Index(fields=["team", "stage"], name="model_version_team_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.model.name} v{self.number}"

    @property
    def is_deployable(self) -> bool:
        """Whether the version is approved and its files are still the ones that were approved."""
        return rules.is_deployable(self.stage, self.manifest_digest, self.approved_digest)


class ModelFile(models.Model):
    """One file of a model version, by its path inside the version and the digest of its bytes."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["version", "path"], name="model_file_path")]

    def __str__(self) -> str:
        return self.path


class ImportRun(Run):
    """One import of a model's files from a local folder or the Hugging Face hub into a version."""

    kind = "import"
    job = queue.IMPORT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="imports")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class TuningRun(Run):
    """One fine-tuning of a base version on a dataset version; it makes the output version."""

    kind = "tuning"
    job = queue.TUNE

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    base_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="tunings")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="tunings")
    output_model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="tunings")
    output_version = models.OneToOneField(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by"
    )
    held_out_digest = models.CharField(max_length=64, blank=True, help_text="rows kept from training, as JSON Lines")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class LineageLink(models.Model):
    """One thing that a model version was made from or with: a base version, a dataset version, a tuning run."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="lineage")
    relation = models.CharField(max_length=20, choices=list(rules.LINKS.items()))
    base_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="descendants"
    )
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="used_by"
    )
    tuning_run = models.ForeignKey(TuningRun, on_delete=models.PROTECT, null=True, blank=True, related_name="links")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="lineage_one_source",
                condition=(
                    Q(base_version__isnull=False, dataset_version__isnull=True, tuning_run__isnull=True)
                    | Q(base_version__isnull=True, dataset_version__isnull=False, tuning_run__isnull=True)
                    | Q(base_version__isnull=True, dataset_version__isnull=True, tuning_run__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                fields=["version", "relation", "base_version"],
                name="lineage_base_once",
                condition=Q(base_version__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["version", "relation", "dataset_version"],
                name="lineage_data_once",
                condition=Q(dataset_version__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["version", "relation", "tuning_run"],
                name="lineage_tuning_once",
                condition=Q(tuning_run__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.relation}"
