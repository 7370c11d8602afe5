"""Experiments, runs and logged models of another server, taken one by one."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from apps.accounts.models import Team, User
from apps.core.errors import DomainError
from apps.mlflow.services.history.remote import Remote
from apps.mlflow.services.history.report import Report
from apps.tracking import rules
from apps.tracking.models import Experiment, LoggedModel, RunTag, TrackedFile, TrackingRun
from apps.tracking.queries.files import files_of
from apps.tracking.rules.inputs import dataset_read_of
from apps.tracking.rules.places import Place
from apps.tracking.rules.values import reading_of, time_of
from apps.tracking.services import run_inputs_log, run_log, run_outputs_log, tracked_file_store
from apps.tracking.services.history import (
    IMPORTED_TAG,
    LoggedModelTold,
    RunTold,
    experiment_take,
    logged_model_take,
    tracking_run_settle,
    tracking_run_take,
)

T = TypeVar("T")


class RunHistory:
    """One pass over the other server's runs. `with_files` says whether their files come too."""

    def __init__(self, by: User, team: Team, remote: Remote, report: Report, *, with_files: bool) -> None:
        self.by, self.team, self.remote, self.report, self.with_files = by, team, remote, report, with_files

    def experiment(self, told: dict[str, Any], on_run: Callable[[str], None]) -> None:
        """One experiment with everything in it."""
        experiment, is_new = experiment_take(
            by=self.by,
            team=self.team,
            name=told["name"],
            tags={tag["key"]: tag.get("value", "") for tag in told.get("tags", [])},
            created_at=_time(told.get("creation_time")),
            origin=self.remote.address,
            is_deleted=told.get("lifecycle_stage") == rules.DELETED,
        )
        (self.report.came if is_new else self.report.here)["experiments"] += 1
        for run in self.remote.runs(told["experiment_id"]):
            name = run["info"].get("run_name") or run["info"]["run_id"]
            on_run(f"{told['name']}: {name}")
            self._guarded(f"run {name} of {told['name']}", self._run, experiment, run)
        for model in self.remote.logged_models(told["experiment_id"]):
            name = model["info"].get("name") or model["info"]["model_id"]
            on_run(f"{told['name']}: {name}")
            self._guarded(f"logged model {name} of {told['name']}", self._logged_model, experiment, model)

    def _guarded(self, what: str, take: Callable[..., None], *told: Any) -> None:
        """A thing that cannot come is told, and the next one is taken. A server that is silent ends the import."""
        try:
            take(*told)
        except DomainError as error:
            if error.code in ("history.silent", "history.refused", "storage.full"):
                raise
            self.report.miss(what, error.message)

    def _run(self, experiment: Experiment, run: dict[str, Any]) -> None:
        told = _run_told(run["info"])
        if RunTag.objects.filter(run__uuid=told.key, run__team=self.team, key=IMPORTED_TAG).exists():
            self.report.here["runs"] += 1
            return
        row = tracking_run_take(by=self.by, experiment=experiment, told=told)
        data = run.get("data", {})
        self._words(told.key, data)
        for metric in data.get("metrics", []):
            self._metric(told.key, metric["key"])
        self._inputs(told.key, run.get("inputs", {}))
        if self.with_files:
            self._files(f"run {told.name}", Place(run=told.key), row, self.remote.run_files(told.key))
        tracking_run_settle(by=self.by, run=row, told=told, origin=self.remote.address)
        self.report.came["runs"] += 1

    def _words(self, key: str, data: dict[str, Any]) -> None:
        """Parameters and tags, in batches that the rules of logging allow."""
        params = [(item["key"], item.get("value", "")) for item in data.get("params", [])]
        tags = [(item["key"], item.get("value", "")) for item in data.get("tags", [])]
        for part in _parts(params, rules.MOST_PARAMS):
            run_log(by=self.by, key=key, params=part)
        for part in _parts(tags, rules.MOST_TAGS):
            run_log(by=self.by, key=key, tags=part)
        self.report.came["parameters"] += len(params)

    def _metric(self, key: str, metric: str) -> None:
        readings = (reading_of(item) for item in self.remote.readings(key, metric))
        for part in _parts(readings, rules.MOST_METRICS):
            run_log(by=self.by, key=key, metrics=part)
            self.report.came["metrics"] += len(part)

    def _inputs(self, key: str, inputs: dict[str, Any]) -> None:
        datasets = [dataset_read_of(item) for item in inputs.get("dataset_inputs", [])]
        if datasets:
            run_inputs_log(by=self.by, key=key, datasets=datasets)

    def _logged_model(self, experiment: Experiment, model: dict[str, Any]) -> None:
        info, data = model["info"], model.get("data", {})
        told = LoggedModelTold(
            key=info["model_id"],
            name=info.get("name", ""),
            model_type=info.get("model_type", ""),
            state=info.get("status", rules.READY) if info.get("status") in rules.LOGGED_STATES else rules.READY,
            created_at=_time(info.get("creation_timestamp_ms")),
            run_key=info.get("source_run_id", ""),
            params={item["key"]: item.get("value", "") for item in data.get("params", [])},
            tags={item["key"]: item.get("value", "") for item in info.get("tags", [])},
        )
        is_new = not LoggedModel.objects.filter(model_id=told.key, team=self.team).exists()
        row = logged_model_take(by=self.by, experiment=experiment, told=told, origin=self.remote.address)
        if row.run is not None:
            _outputs_log(self.by, row.run, told.key)
        if self.with_files:
            files = self.remote.model_files(told.key)
            self._files(f"logged model {told.name}", Place(model=told.key), row, files)
        (self.report.came if is_new else self.report.here)["logged models"] += 1

    def _files(
        self, whose: str, place: Place, holder: TrackingRun | LoggedModel, files: Iterable[tuple[str, int]]
    ) -> None:
        have = dict(files_of(holder).values_list("path", "size"))
        for path, size in files:
            if have.get(path) == size:
                continue
            self._guarded(f"file {path} of {whose}", self._file, place, path, size)

    def _file(self, place: Place, path: str, size: int) -> None:
        target = Place(run=place.run, model=place.model, path=path)
        fetch = self.remote.run_file(place.run, path) if place.run else self.remote.model_file(place.model, path)
        with fetch as stream:
            stored: TrackedFile = tracked_file_store(by=self.by, place=target, stream=stream, expect_size=size)
        self.report.came["files"] += 1
        self.report.came["bytes"] += stored.size


def _outputs_log(by: User, run: TrackingRun, key: str) -> None:
    """Join a logged model to the run that wrote it, where the run still takes what is logged."""
    if run.lifecycle == rules.ACTIVE:
        run_outputs_log(by=by, key=run.uuid, models=[(key, 0)])


def _run_told(info: dict[str, Any]) -> RunTold:
    state = info.get("status", rules.FINISHED)
    return RunTold(
        key=info["run_id"],
        name=info.get("run_name", ""),
        state=state if state in rules.RUN_STATES else rules.FINISHED,
        started_at=_time(info.get("start_time")),
        ended_at=_time(info["end_time"]) if info.get("end_time") else None,
        is_deleted=info.get("lifecycle_stage") == rules.DELETED,
    )


def _time(milliseconds: Any) -> datetime:
    return time_of(float(milliseconds or 0))


def _parts(items: Iterable[T], most: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, most)):
        yield part
