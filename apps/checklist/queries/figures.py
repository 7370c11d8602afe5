"""Figures of performance that came from elsewhere, for versions of which nobody has measured any here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apps.registry.models import ModelVersion, VersionMetric
from apps.registry.queries.documents import figure_of_row
from apps.registry.rules.cards import Figure
from apps.tracking.models import LatestMetric, LoggedModel, RunMetric
from apps.tracking.queries import metrics_of_models

MOST = 200  # figures of one version that an answer can speak of
Told = dict[int, tuple[Figure, ...]]


def figures_told(versions: Sequence[ModelVersion]) -> Told:
    """By the version's id: what its cards and bills tell, then what the tool logged that it was registered from.

    One query, and one each where versions came out of logged models or runs; none where there are no versions.
    """
    if not versions:
        return {}
    found: dict[int, list[Figure]] = defaultdict(list)
    for row in VersionMetric.objects.filter(version__in=versions).order_by("version_id", "pk"):
        found[row.version_id].append(figure_of_row(row))
    logged = _of_logged_models(versions)
    runs = _of_runs([one for one in versions if one.tracking_run_id and not logged.get(one.pk)])
    for more in (logged, runs):
        for pk, figures in more.items():
            found[pk] += figures
    return {pk: tuple(figures[:MOST]) for pk, figures in found.items()}


def _of_logged_models(versions: Iterable[ModelVersion]) -> dict[int, list[Figure]]:
    """The last readings that speak of the model itself."""
    by_pk = {one.logged_model_id: one.pk for one in versions if one.logged_model_id is not None}
    if not by_pk:
        return {}
    models = list(LoggedModel.objects.filter(pk__in=by_pk))
    readings = metrics_of_models(models)
    return {by_pk[one.pk]: [_read(row, "the logged model") for row in readings[one.model_id]] for one in models}


def _of_runs(versions: Sequence[ModelVersion]) -> dict[int, list[Figure]]:
    """The last reading of each metric of the run that logged the version."""
    if not versions:
        return {}
    found: dict[int, list[Figure]] = defaultdict(list)
    by_run: dict[int | None, list[int]] = defaultdict(list)
    for one in versions:
        by_run[one.tracking_run_id].append(one.pk)
    rows = LatestMetric.objects.filter(run__in=[key for key in by_run if key is not None]).select_related("run")
    for row in rows.order_by("run_id", "key"):
        for pk in by_run[row.run_id]:
            found[pk].append(_read(row, f"the run {row.run}"))
    return found


def _read(row: RunMetric | LatestMetric, source: str) -> Figure:
    text = "not a number" if row.is_nan else ""
    data = row.dataset_name if isinstance(row, RunMetric) else ""
    return Figure(name=row.key, value=None if row.is_nan else row.value, text=text, dataset=data, source=source)
