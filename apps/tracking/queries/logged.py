"""Searching logged models, and what was measured of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from apps.core.json_text import JsonText
from apps.tracking.models import Experiment, LoggedModel, RunMetric
from apps.tracking.queries.experiments import logged_models_seen_by
from apps.tracking.queries.search import Question, compared, tagged
from apps.tracking.rules import grammars
from apps.tracking.rules.search import ATTRIBUTE, DATASET, METRIC, PARAMETER, Clause, Order, clauses_of, orders_of
from apps.tracking.rules.values import time_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_FIELDS = {
    "name": "name",
    "model_id": "model_id",
    "model_type": "model_type",
    "status": "state",
    "source_run_id": "run__uuid",
    "experiment_id": "experiment_id",
    "creation_timestamp_ms": "created_at",
    "last_updated_timestamp_ms": "updated_at",
}


@dataclass(frozen=True)
class OnDataset:
    """The dataset that a metric of a logged model speaks of; an empty name is any."""

    name: str = ""
    digest: str = ""

    def holds(self) -> Q:
        """What its readings have in common."""
        found = Q(dataset_name=self.name) if self.name else Q()
        return found & Q(dataset_digest=self.digest) if self.digest else found


def logged_models_found(
    user: "User | AnonymousUser",
    *,
    experiments: Sequence[Experiment] | None = None,
    text: str = "",
    datasets: Sequence[OnDataset] = (),
    order_by: Sequence[tuple[str, OnDataset]] = (),
) -> QuerySet[LoggedModel]:
    """The logged models of these experiments that a filter finds; metrics count on any of `datasets`. Each order is
    `field asc` or `field desc`, for a metric with the dataset it was measured on. Raises Invalid.
    """
    rows = logged_models_seen_by(user)
    if experiments is not None:
        rows = rows.filter(experiment__in=experiments)
    for clause in clauses_of(text, grammars.LOGGED_MODELS):
        rows = rows.filter(_of_model(clause, datasets))
    keys: list[Any] = []
    for place, (written, dataset) in enumerate(order_by):
        order = orders_of([written], grammars.LOGGED_MODELS)[0]
        rows = rows.annotate(**{f"order_{place}": _sorted_by(order, dataset)})
        wanted = F(f"order_{place}")
        keys.append(wanted.asc(nulls_last=True) if order.is_ascending else wanted.desc(nulls_last=True))
    return rows.order_by(*keys, "-created_at", "-pk")


def _of_model(clause: Clause, datasets: Sequence[OnDataset]) -> Question:
    if clause.family == ATTRIBUTE:
        value: Any = clause.value
        if clause.key in grammars.MODEL_TIMES:
            value = time_of(float(str(value)))
        elif clause.key == "experiment_id":
            values = value if isinstance(value, tuple) else (value,)
            numbers = [int(item) for item in map(str, values) if item.isascii() and item.isdigit() and len(item) < 19]
            return Q(experiment_id__in=numbers) if clause.comparator in ("=", "IN") else ~Q(experiment_id__in=numbers)
        return compared(_FIELDS[clause.key], clause.comparator, value)
    if clause.family == METRIC:
        rows = _readings(clause.key).filter(compared("value", clause.comparator, clause.value))
        return Exists(rows.filter(_on_any(datasets)))
    if clause.family == DATASET:
        column = {"name": "dataset_name", "digest": "dataset_digest"}.get(clause.key, "dataset_name")
        measured = RunMetric.objects.filter(model_id=OuterRef("model_id"))
        return Exists(measured.filter(compared(column, clause.comparator, clause.value)))
    return tagged(LoggedModel, clause, "params" if clause.family == PARAMETER else "tags")


def _on_any(datasets: Sequence[OnDataset]) -> Q:
    found = Q()
    for dataset in datasets:
        found |= dataset.holds()
    return found


def _readings(key: str) -> "QuerySet[RunMetric]":
    return RunMetric.objects.filter(model_id=OuterRef("model_id"), key=key, is_nan=False)


def _sorted_by(order: Order, dataset: OnDataset) -> Any:
    if order.family == ATTRIBUTE:
        return F(_FIELDS[order.key])
    if order.family == METRIC:
        rows = _readings(order.key).filter(dataset.holds()).order_by("-timestamp", "-step", "-pk")
        return Subquery(rows.values("value")[:1])
    return JsonText("params" if order.family == PARAMETER else "tags", order.key)


def metrics_of_models(models: Sequence[LoggedModel]) -> Mapping[str, list[RunMetric]]:
    """By the model's m-… id: for each metric, dataset and run the last reading; one query."""
    rows = RunMetric.objects.filter(model_id__in=[model.model_id for model in models]).select_related("run")
    last: dict[tuple[Any, ...], RunMetric] = {}
    for row in rows.order_by("step", "timestamp", "pk"):
        last[row.model_id, row.key, row.dataset_name, row.dataset_digest, row.run_id] = row
    found: dict[str, list[RunMetric]] = {model.model_id: [] for model in models}
    for row in last.values():
        found[row.model_id].append(row)
    return found
