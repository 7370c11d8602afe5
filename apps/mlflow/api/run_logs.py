"""The doors through which runs log: metrics, parameters, tags, data and models read and written."""

import json
from typing import Any

from apps.mlflow.api.runs import params_cut, run_key, tags_cut
from apps.mlflow.api.tracked import metric_shown, readings_shown
from apps.mlflow.api.wire import Answer, Call, reads, refuse
from apps.tracking import queries, services
from apps.tracking.models import TrackingRun
from apps.tracking.rules.inputs import dataset_read_of
from apps.tracking.rules.search import offset_of, token_for
from apps.tracking.rules.values import reading_of, readings_of, whole

MOST_PER_RUN = 2500  # readings of one run that a chart is drawn from


def metric_log(call: Call) -> Answer:
    services.run_log(by=call.user, key=run_key(call), metrics=[reading_of(call.given)])
    return {}


def param_log(call: Call) -> Answer:
    params = params_cut([(call.text("key"), call.text("value", ""))])
    services.run_log(by=call.user, key=run_key(call), params=params)
    return {}


def tag_set(call: Call) -> Answer:
    tags = tags_cut([(call.text("key"), call.text("value", ""))])
    services.run_log(by=call.user, key=run_key(call), tags=tags)
    return {}


def tag_delete(call: Call) -> Answer:
    services.run_tag_delete(by=call.user, key=run_key(call), tag=call.text("key"))
    return {}


def batch_log(call: Call) -> Answer:
    services.run_log(
        by=call.user,
        key=run_key(call),
        metrics=readings_of(call.objects("metrics")),
        params=params_cut(call.pairs("params")),
        tags=tags_cut(call.pairs("tags")),
    )
    return {}


def inputs_log(call: Call) -> Answer:
    datasets = [dataset_read_of(item, f"datasets[{place}].") for place, item in enumerate(call.objects("datasets"))]
    models = [_model_key(item) for item in call.objects("models")]
    services.run_inputs_log(by=call.user, key=run_key(call), datasets=datasets, models=models)
    return {}


def outputs_log(call: Call) -> Answer:
    models = [(_model_key(item), whole(item.get("step") or 0, "step")) for item in call.objects("models")]
    services.run_outputs_log(by=call.user, key=run_key(call), models=models)
    return {}


def _model_key(item: dict[str, Any]) -> str:
    key = item.get("model_id")
    if not isinstance(key, str) or not key:
        raise refuse("Missing value for required parameter 'models.model_id'.")
    return key


def model_note(call: Call) -> Answer:
    given = call.text("model_json")
    try:
        told = json.loads(given)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise refuse("Malformed model info: model_json is not a valid JSON object.")
    services.run_model_note(by=call.user, key=run_key(call), told=told)
    return {}


@reads
def metric_history(call: Call) -> Answer:
    run, key = queries.run_seen(call.user, run_key(call)), call.text("metric_key")
    most = call.number("max_results", 0, least=0, most=queries.MOST_READINGS)
    rows = queries.readings_of(run, key)
    if not most:
        return {"metrics": [metric_shown(row) for row in rows]}
    page = queries.page_of(rows, most, offset_of(call.text("page_token", "")))
    shown: dict[str, object] = {"metrics": [metric_shown(row) for row in page.rows]}
    return shown if page.next_offset is None else shown | {"next_page_token": token_for(page.next_offset)}


@reads
def metric_history_bulk(call: Call) -> Answer:
    """One metric of several runs, each by time."""
    runs, most = _runs(call, "run_id"), call.number("max_results", queries.MOST_READINGS, least=1)
    most = min(most, queries.MOST_READINGS)
    key, keys = call.text("metric_key"), {run.pk: run.uuid for run in runs}
    found: list[dict[str, object]] = []
    for run in sorted(runs, key=lambda run: run.uuid):
        found += readings_shown(queries.readings_of(run, key)[: most - len(found)], keys)
    return {"metrics": found}


@reads
def metric_history_interval(call: Call) -> Answer:
    """One metric of several runs, evenly sampled."""
    runs = _runs(call, "run_ids")
    first, last = call.text("start_step", ""), call.text("end_step", "")
    if bool(first) != bool(last):
        raise refuse("If either start step or end step are specified, both must be specified.")
    steps = (whole(first, "start_step"), whole(last, "end_step")) if first else None
    if steps and steps[0] > steps[1]:
        raise refuse(f"end_step must be greater than start_step. Found start_step={steps[0]} and end_step={steps[1]}.")
    most = call.number("max_results", MOST_PER_RUN, least=1, most=MOST_PER_RUN)
    rows = queries.readings_sampled(runs, call.text("metric_key"), most=most, steps=steps)
    return {"metrics": readings_shown(rows, {run.pk: run.uuid for run in runs})}


def _runs(call: Call, name: str) -> list[TrackingRun]:
    keys = call.texts(name)
    if not 0 < len(keys) <= queries.MOST_RUNS:
        raise refuse(f"Name between 1 and {queries.MOST_RUNS} runs as {name}; these are {len(keys)}.")
    return [queries.run_seen(call.user, key) for key in keys]
