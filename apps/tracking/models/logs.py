"""What runs log: parameters, tags, metrics and the data they read."""

from django.db import models
from django.db.models import Q

from apps.catalog.models import DatasetVersion
from apps.tracking.models.experiments import TrackingRun


class RunParam(models.Model):
    """One parameter of a run; written once."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="params")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="run_param_once")]

    def __str__(self) -> str:
        return self.key


class RunTag(models.Model):
    """A word on a run, with a value."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField(blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="run_tag_once")]

    def __str__(self) -> str:
        return self.key


class RunMetric(models.Model):
    """One reading of a metric. Exactly the same reading sent twice is kept once."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="readings")
    key = models.CharField(max_length=250)
    value = models.FloatField(help_text="0 where it is no number")
    is_nan = models.BooleanField(default=False)
    timestamp = models.BigIntegerField(help_text="milliseconds since 1970")
    step = models.BigIntegerField(default=0)
    model_id = models.CharField(max_length=34, blank=True, help_text="the logged model it speaks of")
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "key", "timestamp", "step", "value", "is_nan", "model_id"], name="run_metric_once"
            )
        ]
        indexes = [models.Index(fields=["model_id", "key"], name="run_metric_of_model", condition=~Q(model_id=""))]

    def __str__(self) -> str:
        return f"{self.key} at step {self.step}"


class LatestMetric(models.Model):
    """The last reading of a metric of a run, by step, time and value: what lists and searches read."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="metrics")
    key = models.CharField(max_length=250)
    value = models.FloatField()
    is_nan = models.BooleanField(default=False)
    timestamp = models.BigIntegerField()
    step = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="run_latest_metric_once")]
        indexes = [models.Index(fields=["key", "value"], name="latest_metric_value")]

    def __str__(self) -> str:
        return self.key


class RunInput(models.Model):
    """One dataset that a run read, as its tool told it; joined to a dataset version where the digest is known here."""

    run = models.ForeignKey(TrackingRun, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    source_type = models.CharField(max_length=60, blank=True)
    source = models.TextField(blank=True)
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="tracking_inputs"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "name", "digest"], name="run_input_once")]

    def __str__(self) -> str:
        return self.name
