"""What a model version was made from."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.catalog.models import DatasetVersion
from apps.registry import rules
from apps.registry.models.runs import TuningRun
from apps.registry.models.versions import ModelVersion


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
