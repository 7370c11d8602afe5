"""What a run logged: whole, for lists, and metric by metric over time."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from apps.core.errors import Invalid
from apps.tracking.models import RunMetric, RunOutput, TrackingRun

MOST_READINGS = 25_000
MOST_RUNS = 100
SAMPLE = 320  # readings of a chart, for each run


def with_logs(rows: "QuerySet[TrackingRun]") -> "QuerySet[TrackingRun]":
    """Runs with all that they logged but the readings: five queries more, however many runs."""
    links = RunOutput.objects.select_related("logged_model")
    return rows.prefetch_related("metrics", "params", "tags", "inputs", Prefetch("model_links", links))


def readings_of(run: TrackingRun, key: str) -> "QuerySet[RunMetric]":
    """Every reading of one metric, in the order of time."""
    return RunMetric.objects.filter(run=run, key=key).order_by("timestamp", "step", "pk")


def metric_keys_of(run: TrackingRun) -> list[str]:
    """The names of the metrics that a run logged."""
    return list(run.metrics.values_list("key", flat=True))


def readings_sampled(
    runs: Sequence[TrackingRun], key: str, *, most: int = SAMPLE, steps: tuple[int, int] | None = None
) -> list[RunMetric]:
    """At most about `most` readings of a metric for each run, evenly over all of them, the first and the last among
    them; by run, then step. Two queries a run. `steps` bounds them, both ends included.
    """
    if len(runs) > MOST_RUNS:
        raise Invalid(f"At most {MOST_RUNS} runs are read at once; these are {len(runs)}.", code="runs.many")
    found: list[RunMetric] = []
    for run in runs:
        rows = RunMetric.objects.filter(run=run, key=key)
        if steps is not None:
            rows = rows.filter(step__gte=steps[0], step__lte=steps[1])
        found += _sampled(rows, most)
    return found


def _sampled(rows: "QuerySet[RunMetric]", most: int) -> list[RunMetric]:
    order: list[Any] = ["step", "timestamp", "pk"]
    count = rows.count()
    if count <= most:
        return list(rows.order_by(*order))
    wanted = {1 + place * (count - 1) // max(1, most - 1) for place in range(most)} if most > 1 else {count}
    numbered = rows.annotate(place=Window(RowNumber(), order_by=[F(name).asc() for name in order]))
    return sorted(numbered.filter(place__in=wanted), key=lambda row: (row.step, row.timestamp, row.pk))
