"""The doors of experiments."""

from apps.mlflow.api.tracked import experiment_shown
from apps.mlflow.api.wire import Answer, Call, reads, refuse
from apps.tracking import queries, rules, services
from apps.tracking.models import Experiment
from apps.tracking.rules.search import offset_of, token_for

MOST, USUAL = 50_000, 1000


def experiment_of(call: Call, key: str = "experiment_id") -> Experiment:
    """The experiment that a call names. “0” is the team's default one, which its first run makes."""
    given = call.text(key)
    if given == rules.DEFAULT_EXPERIMENT_ID:
        return queries.experiment_named(call.user, call.team, rules.DEFAULT_EXPERIMENT)
    return queries.experiment_seen(call.user, given)


def experiment_to_log_in(call: Call) -> Experiment:
    """The experiment that something new goes to."""
    if call.text("experiment_id", rules.DEFAULT_EXPERIMENT_ID) == rules.DEFAULT_EXPERIMENT_ID:
        return services.experiment_default(by=call.user, team=call.team)
    return experiment_of(call)


def view_of(call: Call, key: str) -> str:
    """Which of active and deleted ones are asked for."""
    given = call.text(key, "ACTIVE_ONLY") or "ACTIVE_ONLY"
    if given not in rules.VIEWS:
        raise refuse(f"Invalid value for parameter '{key}' supplied: ACTIVE_ONLY, DELETED_ONLY or ALL.")
    return rules.VIEWS[given]


def experiment_create(call: Call) -> Answer:
    tags = dict(call.pairs("tags"))
    made = services.experiment_create(by=call.user, team=call.team, name=call.text("name"), tags=tags)
    return {"experiment_id": str(made.pk)}


@reads
def experiment_search(call: Call) -> Answer:
    offset = offset_of(call.text("page_token", ""))
    rows = queries.experiments_found(
        call.user,
        team=call.team,
        text=call.text("filter", ""),
        order_by=call.texts("order_by"),
        lifecycle=view_of(call, "view_type"),
    )
    page = queries.page_of(rows, call.number("max_results", USUAL, least=1, most=MOST), offset)
    shown: dict[str, object] = {"experiments": [experiment_shown(row) for row in page.rows]}
    return shown if page.next_offset is None else shown | {"next_page_token": token_for(page.next_offset)}


@reads
def experiment_get(call: Call) -> Answer:
    return {"experiment": experiment_shown(experiment_of(call))}


@reads
def experiment_get_by_name(call: Call) -> Answer:
    found = queries.experiment_named(call.user, call.team, call.text("experiment_name"))
    return {"experiment": experiment_shown(found)}


def experiment_delete(call: Call) -> Answer:
    services.experiment_delete(by=call.user, experiment=experiment_of(call))
    return {}


def experiment_restore(call: Call) -> Answer:
    services.experiment_restore(by=call.user, experiment=experiment_of(call))
    return {}


def experiment_update(call: Call) -> Answer:
    services.experiment_rename(by=call.user, experiment=experiment_of(call), name=call.text("new_name"))
    return {}


def experiment_tag_set(call: Call) -> Answer:
    key, value = call.text("key"), call.text("value", "")
    services.experiment_tag_set(by=call.user, experiment=experiment_of(call), key=key, value=value)
    return {}


def experiment_tag_delete(call: Call) -> Answer:
    services.experiment_tag_delete(by=call.user, experiment=experiment_of(call), key=call.text("key"))
    return {}
