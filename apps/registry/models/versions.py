"""Models, their versions, and the files that a version is made of."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.registry import rules
from apps.registry.rules.deploying import obstacles
from apps.tracking.models import LoggedModel, TrackingRun


class RegisteredModel(models.Model):
    """A named model that a team keeps; what can be tuned, approved and deployed are its versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="registered_models")
    name = models.CharField(max_length=256)
    description = models.TextField(blank=True)
    intended_purpose = models.TextField(blank=True)
    intended_uses = models.JSONField(default=list, blank=True, help_text="codes that licences are held against")
    is_prompt = models.BooleanField(default=False, help_text="MLflow keeps prompts as registered models")
    protected_aliases = models.JSONField(
        default=rules.protected_by_default, blank=True, help_text="names that only an approved version may carry"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, help_text="last change of its description, tags or name")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="taken out of every list; nothing is erased")

    class Meta:
        verbose_name = "model"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"], name="model_name_in_team", condition=Q(deleted_at__isnull=True)
            )
        ]

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
    run_link = models.CharField(max_length=500, blank=True, help_text="the address of its run in another tool")
    description = models.TextField(blank=True)
    architecture = models.CharField(max_length=120, blank=True)
    parameters = models.BigIntegerField(null=True, blank=True)
    tokenizer = models.CharField(max_length=200, blank=True)
    context_length = models.PositiveIntegerField(null=True, blank=True, help_text="tokens")
    modality = models.CharField(max_length=60, blank=True, help_text="what goes in and comes out: text, image, …")
    library = models.CharField(max_length=60, blank=True, help_text="the library that loads it")
    base_names = models.JSONField(default=list, blank=True, help_text="base models by the name a card gives them")
    environment = models.TextField(blank=True, help_text="pinned packages it was made with, one a line")
    licence = models.CharField(max_length=200, blank=True)
    relation = models.CharField(max_length=20, choices=list(rules.RELATIONS.items()), blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="architecture facts read from the files")
    manifest_digest = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    held_files = models.PositiveIntegerField(default=0, help_text="files in quarantine that nobody has released")
    broken_at = models.DateTimeField(null=True, blank=True, help_text="when a stored file was found to be altered")
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="when every stored file was last found to have its digest"
    )
    tracking_run = models.ForeignKey(
        TrackingRun, on_delete=models.PROTECT, null=True, blank=True, related_name="model_versions"
    )
    logged_model = models.ForeignKey(
        LoggedModel, on_delete=models.PROTECT, null=True, blank=True, related_name="model_versions"
    )
    approved_digest = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, help_text="last change of its description, tags or stage")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="taken out of every list; nothing is erased")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="model_version_number")]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="model_version_recent"),
            models.Index(fields=["model", "-created_at", "-id"], name="model_version_of_model"),
            models.Index(fields=["model", "stage", "-number"], name="model_version_by_stage"),
            models.Index(fields=["team", "stage"], name="model_version_team_stage"),
            models.Index(fields=["model", "-updated_at", "-number"], name="model_version_changed"),
            models.Index(fields=["team", "-updated_at", "-number"], name="model_version_team_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.model.name} v{self.number}"

    @property
    def takes_files(self) -> bool:
        """Whether it was opened for people to send its files, and is not sealed yet."""
        return self.source == rules.UPLOADED and not self.manifest_digest and self.deleted_at is None

    @property
    def obstacles(self) -> list[str]:
        """Everything that keeps it from being deployed, each as the end of “it …”."""
        return obstacles(
            stage=self.stage,
            manifest_digest=self.manifest_digest,
            approved_digest=self.approved_digest,
            held_files=self.held_files,
            is_broken=self.broken_at is not None,
            is_deleted=self.deleted_at is not None,
        )

    @property
    def is_deployable(self) -> bool:
        """Whether it is approved, its files are still the ones that were approved, and none is held or altered."""
        return not self.obstacles


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
