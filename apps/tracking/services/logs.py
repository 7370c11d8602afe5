"""What runs log while they go on: metrics, parameters, tags, data and models read and written.

These are measurements, hundreds a second; the trail holds digests of them when the run ends.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.tracking import rules
from apps.tracking.models import (
    LoggedModel,
    RunInput,
    RunOutput,
    RunParam,
    RunTag,
    TrackingRun,
)
from apps.tracking.queries.datasets import dataset_versions_known
from apps.tracking.rules.inputs import DatasetRead
from apps.tracking.rules.values import Reading, batch_checked, key_checked, param_checked, tag_checked
from apps.tracking.services.readings import readings_insert
from apps.tracking.services.runs import run_locked

Pairs = Sequence[tuple[str, str]]


@transaction.atomic
def run_log(
    *, by: User, key: str, metrics: Sequence[Reading] = (), params: Pairs = (), tags: Pairs = ()
) -> TrackingRun:
    """Log a batch: all of it or nothing. A parameter never changes its value; the same reading twice counts once."""
    batch_checked(metrics, params, tags)
    told = _unique([param_checked(*pair) for pair in params])
    words = dict(tag_checked(*pair) for pair in tags)
    run = run_locked(by, key)
    if told:
        _params_add(run, told)
    if metrics:
        readings_insert(run.pk, metrics)
    if words:
        _tags_set(run, words)
    return run


def _unique(params: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in params:
        if found.setdefault(name, value) != value:
            raise Invalid(f"Duplicate parameter keys have been submitted: '{name[:100]}'.", code="param.twice")
    return found


def _params_add(run: TrackingRun, told: Mapping[str, str]) -> None:
    have = dict(RunParam.objects.filter(run=run, key__in=list(told)).values_list("key", "value"))
    for name, value in told.items():
        if have.get(name, value) != value:
            raise Invalid(
                f"Changing param values is not allowed. Param with key='{name}' was already logged with "
                f"value='{have[name]}' for run ID='{run.uuid}'. Attempted logging new value '{value}'.",
                code="param.changed",
            )
    fresh = [RunParam(run=run, key=name, value=value) for name, value in told.items() if name not in have]
    RunParam.objects.bulk_create(fresh)


def _tags_set(run: TrackingRun, words: Mapping[str, str]) -> None:
    RunTag.objects.bulk_create(
        [RunTag(run=run, key=name, value=value) for name, value in words.items()],
        update_conflicts=True,
        unique_fields=["run", "key"],
        update_fields=["value"],
    )
    name = words.get(rules.NAME_TAG, "")[:250]
    if name and name != run.name:
        TrackingRun.objects.filter(pk=run.pk).update(name=name)


@transaction.atomic
def run_tag_delete(*, by: User, key: str, tag: str) -> None:
    """Take a tag off a run. Raises NotFound where it has none of this name."""
    run = run_locked(by, key)
    gone, _ = RunTag.objects.filter(run=run, key=key_checked(tag)).delete()
    if not gone:
        raise NotFound(f"No tag with name: {tag[:100]} in run with id {key}", code="tag.missing")


@transaction.atomic
def run_inputs_log(*, by: User, key: str, datasets: Sequence[DatasetRead] = (), models: Sequence[str] = ()) -> None:
    """Log what a run read. A dataset whose digest is that of a dataset version here is joined to it."""
    if len(datasets) > rules.MOST_DATASETS:
        raise Invalid(f"At most {rules.MOST_DATASETS} datasets are logged at once.", code="inputs.many")
    run = run_locked(by, key)
    known = dataset_versions_known(by, datasets)
    rows = [
        RunInput(
            run=run,
            name=item.name,
            digest=item.digest,
            source_type=item.source_type,
            source=item.source,
            schema=item.schema,
            profile=item.profile,
            tags=dict(item.tags),
            dataset_version=known.get(item),
        )
        for item in datasets
    ]
    RunInput.objects.bulk_create(
        {(row.name, row.digest): row for row in rows}.values(),
        update_conflicts=True,
        unique_fields=["run", "name", "digest"],
        update_fields=["tags"],
    )
    _models_link(run, [(model, 0) for model in models], is_input=True)


@transaction.atomic
def run_outputs_log(*, by: User, key: str, models: Sequence[tuple[str, int]]) -> None:
    """Log the logged models that came out of a run, each with the step."""
    _models_link(run_locked(by, key), models, is_input=False)


def _models_link(run: TrackingRun, models: Sequence[tuple[str, int]], *, is_input: bool) -> None:
    keys = [model for model, _ in models]
    found = {row.model_id: row for row in LoggedModel.objects.filter(team_id=run.team_id, model_id__in=keys)}
    for model in keys:
        if model not in found:
            raise NotFound(f"Logged model with ID '{model[:40]}' not found.", code="logged_model.unknown")
    RunOutput.objects.bulk_create(
        [RunOutput(run=run, logged_model=found[model], is_input=is_input, step=step) for model, step in models],
        ignore_conflicts=True,
    )


@transaction.atomic
def run_model_note(*, by: User, key: str, told: Mapping[str, Any]) -> None:
    """Append to the run's history of logged models, which older clients write and read."""
    missing = {"artifact_path", "flavors", "utc_time_created", "run_id"} - set(told)
    if missing:
        raise Invalid(f"Model json is missing mandatory fields: {sorted(missing)}", code="model_json.fields")
    run = run_locked(by, key)
    before = RunTag.objects.filter(run=run, key=rules.LOGGED_MODELS_TAG).values_list("value", flat=True).first()
    try:
        history = json.loads(before) if before else []
    except ValueError:
        history = []
    value = json.dumps([*(history if isinstance(history, list) else []), dict(told)])
    _tags_set(run, dict([tag_checked(rules.LOGGED_MODELS_TAG, value)]))
