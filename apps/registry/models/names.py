"""The names that point at versions, what they pointed at before, and the words people hang on models and versions."""

from django.db import models
from django.db.models.functions import Substr
from django.utils import timezone

from apps.accounts.models import User
from apps.registry.models.versions import ModelVersion, RegisteredModel

SOUGHT = 100  # letters of a tag's value that its index holds; the whole of a long prompt would not fit into one


class ModelAlias(models.Model):
    """A name that points at one version of a model now, such as `champion`: where it runs, not what was decided."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=256)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="aliases")
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="alias_name_of_model")]

    def __str__(self) -> str:
        return self.name


class AliasMove(models.Model):
    """One step in the history of an alias: from which version to which, when, by whom. Rows are never changed."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="alias_moves")
    name = models.CharField(max_length=256)
    previous = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(
        ModelVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alias_moves",
        help_text="none: taken away",
    )
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-moved_at", "-pk"]
        indexes = [models.Index(fields=["model", "name", "-moved_at"], name="alias_history")]

    def __str__(self) -> str:
        return f"{self.name} of model {self.model_id}"


class ModelTag(models.Model):
    """A word of the person's own on a model, with a value."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="model_tag_once")]
        indexes = [models.Index("key", Substr("value", 1, SOUGHT), name="model_tag_value")]

    def __str__(self) -> str:
        return self.key


class VersionTag(models.Model):
    """A word of the person's own on a model version, with a value."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="model_version_tag_once")]
        indexes = [models.Index("key", Substr("value", 1, SOUGHT), name="model_version_tag_value")]

    def __str__(self) -> str:
        return self.key
