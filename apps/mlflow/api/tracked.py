"""Experiments, runs and logged models as MLflow's clients read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.tracking.models import Experiment, LoggedModel, RunInput, RunMetric, TrackingRun
from apps.tracking.queries import Entry
from apps.tracking.rules.places import SCHEME, model_uri, run_uri
from apps.tracking.rules.values import millis_of, number_shown

Shown = dict[str, Any]


def pairs_shown(values: Mapping[str, str]) -> list[Shown]:
    """Tags and parameters."""
    return [{"key": key, "value": value} for key, value in values.items()]


def experiment_shown(experiment: Experiment) -> Shown:
    return {
        "experiment_id": str(experiment.pk),
        "name": experiment.name,
        "artifact_location": f"{SCHEME}:/{experiment.pk}",
        "lifecycle_stage": experiment.lifecycle,
        "creation_time": millis_of(experiment.created_at),
        "last_update_time": millis_of(experiment.updated_at),
        "tags": pairs_shown(experiment.tags),
    }


def run_info_shown(run: TrackingRun) -> Shown:
    shown = {
        "run_id": run.uuid,
        "run_uuid": run.uuid,
        "run_name": run.name,
        "experiment_id": str(run.experiment_id),
        "user_id": run.created_by.email,
        "status": run.state,
        "start_time": millis_of(run.started_at),
        "artifact_uri": run_uri(run.experiment_id, run.uuid),
        "lifecycle_stage": run.lifecycle,
    }
    return shown | ({"end_time": millis_of(run.ended_at)} if run.ended_at else {})


def run_shown(run: TrackingRun) -> Shown:
    """A run read by `queries.with_logs`."""
    data = {
        "metrics": [metric_shown(row) for row in run.metrics.all()],
        "params": [{"key": row.key, "value": row.value} for row in run.params.all()],
        "tags": [{"key": row.key, "value": row.value} for row in run.tags.all()],
    }
    links = list(run.model_links.all())
    read = [{"model_id": link.logged_model.model_id} for link in links if link.is_input]
    made = [{"model_id": link.logged_model.model_id, "step": link.step} for link in links if not link.is_input]
    return {
        "info": run_info_shown(run),
        "data": data,
        "inputs": {"dataset_inputs": [_input_shown(row) for row in run.inputs.all()], "model_inputs": read},
        "outputs": {"model_outputs": made},
    }


def metric_shown(row: Any) -> Shown:
    """A reading, or the last one of its metric."""
    shown: Shown = {
        "key": row.key,
        "value": number_shown(row.value, is_nan=row.is_nan),
        "timestamp": row.timestamp,
        "step": row.step,
    }
    if not isinstance(row, RunMetric):
        return shown
    shown |= {"model_id": row.model_id} if row.model_id else {}
    if row.dataset_name and row.dataset_digest:  # clients refuse to read one without the other
        shown |= {"dataset_name": row.dataset_name, "dataset_digest": row.dataset_digest}
    return shown


def readings_shown(rows: Iterable[RunMetric], keys: Mapping[int, str]) -> list[Shown]:
    """Readings of several runs; `keys` are the runs' ids as clients know them, by row."""
    return [metric_shown(row) | {"run_id": keys[row.run_id]} for row in rows]


def _input_shown(row: RunInput) -> Shown:
    told = {name: getattr(row, name) for name in ("name", "digest", "source_type", "source", "schema", "profile")}
    return {
        "tags": pairs_shown(row.tags),
        "dataset": {name: value for name, value in told.items() if value},
    }


def logged_model_shown(model: LoggedModel, metrics: Sequence[RunMetric] = ()) -> Shown:
    info = {
        "model_id": model.model_id,
        "experiment_id": str(model.experiment_id),
        "name": model.name,
        "creation_timestamp_ms": millis_of(model.created_at),
        "last_updated_timestamp_ms": millis_of(model.updated_at),
        "artifact_uri": model_uri(model.experiment_id, model.model_id),
        "status": model.state,
        "creator_id": model.created_by_id,
        "model_type": model.model_type,
        "source_run_id": model.run.uuid if model.run else "",
        "status_message": model.state_message,
        "tags": pairs_shown(model.tags),
    }
    data = {
        "params": pairs_shown(model.params),
        "metrics": [metric_shown(row) | {"run_id": row.run.uuid} for row in metrics],
    }
    return {"info": info, "data": data}


def entries_shown(entries: Iterable[Entry], *, by_name: bool = False) -> list[Shown]:
    """The lines of a folder: by the path from the run's own root, or by name alone."""
    return [
        {"path": entry.name if by_name else entry.path, "is_dir": entry.is_folder}
        | ({} if entry.is_folder else {"file_size": entry.size})
        for entry in entries
    ]
