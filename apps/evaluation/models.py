"""Evaluations and the scores they gave."""

from django.db import models

from apps.accounts.models import Team, User
from apps.catalog.models import DatasetVersion
from apps.core import queue
from apps.core.models import Run
from apps.evaluation import rules
from apps.registry.models import ModelVersion


class EvaluationRun(Run):
    """One measurement of a model version, beside a baseline where one is named, on rows of a dataset version."""

    kind = "evaluation"
    job = queue.EVALUATE

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="evaluations")
    baseline = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="baseline_of"
    )
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="evaluations")
    rows_digest = models.CharField(max_length=64, help_text="the rows measured on, as JSON Lines")
    is_held_out = models.BooleanField(help_text="whether these rows were kept from the version's training")
    model_digest = models.CharField(max_length=64, blank=True, help_text="the version's files when measured")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Score(models.Model):
    """One metric of one evaluation with its 95 % interval: of the version, of the baseline, or their difference."""

    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="scores")
    of = models.CharField(max_length=12, choices=list(rules.SUBJECTS.items()))
    metric = models.CharField(max_length=40)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    n = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "of", "metric"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.of}: {self.value:.4f}"
