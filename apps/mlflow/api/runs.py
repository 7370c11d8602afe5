"""The doors of runs: their making, ending and finding."""

from apps.mlflow.api.experiments import experiment_to_log_in, view_of
from apps.mlflow.api.tracked import run_info_shown, run_shown
from apps.mlflow.api.wire import Answer, Call, reads, refuse
from apps.tracking import queries, rules, services
from apps.tracking.rules.search import offset_of, token_for
from apps.tracking.rules.values import time_of

Pairs = list[tuple[str, str]]

MOST, USUAL = 50_000, 1000
_STATES = dict(enumerate(rules.RUN_STATES, start=1))  # protobuf's numbers for them


def run_key(call: Call) -> str:
    """The run that a call names: clients send its id twice, older ones only as run_uuid."""
    return call.text("run_id", "") or call.text("run_uuid", "") or call.text("run_id")


def state_of(call: Call) -> str:
    """A run's state, by its word or its number; empty where none was sent."""
    given = call.text("status", "")
    if not given:
        return ""
    word = _STATES.get(int(given), given) if given.isascii() and given.isdigit() and len(given) < 3 else given
    if word not in rules.RUN_STATES:
        raise refuse(f"Invalid value for parameter 'status' supplied: one of {', '.join(rules.RUN_STATES)}.")
    return word


def params_cut(pairs: Pairs) -> Pairs:
    """Parameters; a long value is cut as MLflow's server cuts it, so that a script which it lets through goes on."""
    return [(key, value[: rules.LONGEST_PARAM]) for key, value in pairs]


def tags_cut(pairs: Pairs) -> Pairs:
    """Tags of a run, cut likewise. The history of logged models is JSON, and would be none with its end cut off."""
    return [(key, value if key == rules.LOGGED_MODELS_TAG else value[: rules.LONGEST_TAG]) for key, value in pairs]


def run_create(call: Call) -> Answer:
    millis = call.number("start_time", 0)
    made = services.tracking_run_create(
        by=call.user,
        experiment=experiment_to_log_in(call),
        name=call.text("run_name", ""),
        started_at=time_of(millis) if millis else None,
        tags=tags_cut(call.pairs("tags")),
    )
    return _whole(call, made.uuid)


@reads
def run_get(call: Call) -> Answer:
    return _whole(call, run_key(call))


def _whole(call: Call, key: str) -> Answer:
    found = queries.with_logs(queries.runs_seen_by(call.user).filter(uuid=key)).first()
    return {"run": run_shown(found if found is not None else queries.run_seen(call.user, key))}


def run_update(call: Call) -> Answer:
    millis = call.number("end_time", 0)
    changed = services.tracking_run_update(
        by=call.user,
        key=run_key(call),
        state=state_of(call),
        ended_at=time_of(millis) if millis else None,
        name=call.text("run_name", ""),
    )
    return {"run_info": run_info_shown(changed)}


def run_delete(call: Call) -> Answer:
    services.tracking_run_delete(by=call.user, key=run_key(call))
    return {}


def run_restore(call: Call) -> Answer:
    services.tracking_run_restore(by=call.user, key=run_key(call))
    return {}


@reads
def run_search(call: Call) -> Answer:
    offset = offset_of(call.text("page_token", ""))
    rows = queries.runs_found(
        call.user,
        experiments=queries.experiments_named(call.user, call.team, call.texts("experiment_ids")),
        text=call.text("filter", ""),
        order_by=call.texts("order_by"),
        lifecycle=view_of(call, "run_view_type"),
    )
    most = call.number("max_results", USUAL, least=0, most=MOST)
    page = queries.page_of(queries.with_logs(rows), most, offset)
    shown: dict[str, object] = {"runs": [run_shown(run) for run in page.rows]}
    return shown if page.next_offset is None or not most else shown | {"next_page_token": token_for(page.next_offset)}
