"""The doors of logged models."""

from apps.mlflow.api.experiments import experiment_to_log_in
from apps.mlflow.api.tracked import entries_shown, logged_model_shown
from apps.mlflow.api.wire import Answer, Call, reads, refuse
from apps.tracking import queries, rules, services
from apps.tracking.models import LoggedModel
from apps.tracking.rules.places import Place, model_uri, path_checked
from apps.tracking.rules.search import offset_of, token_for

MOST, USUAL = 500, 100
_STATES = dict(enumerate(rules.LOGGED_STATES, start=1))


def _shown(call: Call, model: LoggedModel) -> Answer:
    """A model as a write answered with it, read again with its run and metrics."""
    found = queries.logged_model_seen(call.user, model.model_id)
    return {"model": logged_model_shown(found, queries.metrics_of_models([found])[found.model_id])}


def logged_model_create(call: Call) -> Answer:
    made = services.logged_model_create(
        by=call.user,
        experiment=experiment_to_log_in(call),
        name=call.text("name", ""),
        run_key=call.text("source_run_id", ""),
        model_type=call.text("model_type", ""),
        params=dict(call.pairs("params")),
        tags=dict(call.pairs("tags")),
    )
    return _shown(call, made)


@reads
def logged_model_get(call: Call, model_id: str) -> Answer:
    deleted_too = call.request.GET.get("allow_deleted", "").lower() == "true"
    found = queries.logged_model_seen(call.user, model_id, deleted_too=deleted_too)
    return {"model": logged_model_shown(found, queries.metrics_of_models([found])[found.model_id])}


def logged_model_finish(call: Call, model_id: str) -> Answer:
    given = call.text("status")
    state = _STATES.get(int(given), given) if given.isascii() and given.isdigit() and len(given) < 3 else given
    return _shown(call, services.logged_model_finish(by=call.user, key=model_id, state=state))


def logged_model_delete(call: Call, model_id: str) -> Answer:
    services.logged_model_delete(by=call.user, key=model_id)
    return {}


def logged_model_params(call: Call, model_id: str) -> Answer:
    services.logged_model_params_log(by=call.user, key=model_id, params=dict(call.pairs("params")))
    return {}


def logged_model_tags(call: Call, model_id: str) -> Answer:
    return _shown(call, services.logged_model_tags_set(by=call.user, key=model_id, tags=dict(call.pairs("tags"))))


def logged_model_tag_delete(call: Call, model_id: str, tag_key: str) -> Answer:
    services.logged_model_tag_delete(by=call.user, key=model_id, tag=tag_key)
    return {}


@reads
def logged_model_search(call: Call) -> Answer:
    ids = call.texts("experiment_ids")
    if not ids:
        raise refuse("Missing value for required parameter 'experiment_ids'.")
    rows = queries.logged_models_found(
        call.user,
        experiments=queries.experiments_named(call.user, call.team, ids),
        text=call.text("filter", ""),
        datasets=[_dataset(item) for item in call.objects("datasets")],
        order_by=[_order(item) for item in call.objects("order_by")],
    )
    most = call.number("max_results", USUAL, least=1, most=MOST)
    page = queries.page_of(rows, most, offset_of(call.text("page_token", "")))
    metrics = queries.metrics_of_models(page.rows)
    shown: dict[str, object] = {"models": [logged_model_shown(row, metrics[row.model_id]) for row in page.rows]}
    return shown if page.next_offset is None else shown | {"next_page_token": token_for(page.next_offset)}


def _dataset(item: dict[str, object]) -> queries.OnDataset:
    return queries.OnDataset(str(item.get("dataset_name") or ""), str(item.get("dataset_digest") or ""))


def _order(item: dict[str, object]) -> tuple[str, queries.OnDataset]:
    name = item.get("field_name")
    if not isinstance(name, str) or not name:
        raise refuse("Missing value for required parameter 'order_by.field_name'.")
    return f"{name} {'asc' if item.get('ascending', True) else 'desc'}", _dataset(item)


@reads
def logged_model_files(call: Call, model_id: str) -> Answer:
    """What lies in a folder of the model."""
    folder = call.text("artifact_directory_path", "").strip("/")
    holder = queries.holder_seen(call.user, Place(model=model_id))
    found = queries.folder_of(holder, path_checked(folder) if folder else "")
    root = model_uri(holder.experiment_id, model_id)
    return {"root_uri": root, "files": entries_shown(found)}
