"""Making, ending, naming, deleting and restoring runs. The trail holds each of these, with what was logged by then."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import team_ids_seen_by
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.core.errors import Invalid, NotFound
from apps.core.prepared import PreparedByKeys
from apps.incidents.queries import is_held
from apps.incidents.services import require_free
from apps.tracking import rules
from apps.tracking.models import Experiment, RunTag, TrackedFile, TrackingRun
from apps.tracking.rules.values import number_shown, tag_checked, text

_LOCKED = PreparedByKeys(
    lambda teams, uuid: (
        TrackingRun.objects.select_for_update(no_key=True, of=("self",))
        .filter(uuid=uuid, team_id__in=teams)
        .annotate(is_held=is_held(TrackingRun))
        .order_by()
    ),
    uuid=str,
)


@transaction.atomic
def tracking_run_create(
    *,
    by: User,
    experiment: Experiment,
    name: str = "",
    started_at: datetime | None = None,
    tags: Sequence[tuple[str, str]] = (),
) -> TrackingRun:
    """Begin a run. Its name is the one given, else that of the tag mlflow.runName, else made from its number."""
    require(by, "tracking.log", experiment.team_id)
    _require_experiment_active(experiment)
    told = dict(tag_checked(key, value) for key, value in tags)
    tagged = told.get(rules.NAME_TAG, "")
    if name and tagged and name != tagged:
        raise Invalid(f"The run's name is '{name[:60]}', and its tag {rules.NAME_TAG} says '{tagged[:60]}'.")
    key = uuid.uuid4().hex
    name = text(name or tagged or f"run-{key[:8]}", "run_name", 250)
    run = TrackingRun.objects.create(
        experiment=experiment,
        team_id=experiment.team_id,
        uuid=key,
        name=name,
        started_at=started_at or _now(),
        created_by=by,
    )
    told[rules.NAME_TAG] = name
    RunTag.objects.bulk_create([RunTag(run=run, key=key, value=value) for key, value in told.items()])
    record(action="tracking_run.create", obj=run, by=by, data={"experiment": experiment.pk})
    return run


@transaction.atomic
def tracking_run_update(
    *, by: User, key: str, state: str = "", ended_at: datetime | None = None, name: str = ""
) -> TrackingRun:
    """Change a run's state, end or name. Coming to an end is recorded with a digest of what was logged by then."""
    run = run_locked(by, key)
    if state and state not in rules.RUN_STATES:
        raise Invalid(f"Invalid run status '{state[:60]}'. Valid statuses are {', '.join(rules.RUN_STATES)}.")
    ends = state in rules.ENDED and run.state not in rules.ENDED
    run.state = state or run.state
    run.ended_at = ended_at or (run.ended_at or _now() if state in rules.ENDED else run.ended_at)
    if name and name != run.name:
        run.name = text(name, "run_name", 250)
        RunTag.objects.update_or_create(run=run, key=rules.NAME_TAG, defaults={"value": run.name})
    run.save(update_fields=["state", "ended_at", "name"])
    if ends:
        record(action="tracking_run.end", obj=run, by=by, data={"state": run.state, **logged_digests(run)})
    return run


@transaction.atomic
def tracking_run_delete(*, by: User, key: str) -> TrackingRun:
    """Take a run out of the lists. What it logged stays, and it can be restored."""
    run = run_locked(by, key, deleted_too=True)
    if run.lifecycle == rules.DELETED:
        return run
    run.lifecycle, run.deleted_at = rules.DELETED, timezone.now()
    run.save(update_fields=["lifecycle", "deleted_at"])
    record(action="tracking_run.delete", obj=run, by=by)
    return run


@transaction.atomic
def tracking_run_restore(*, by: User, key: str) -> TrackingRun:
    """Bring a deleted run back."""
    run = run_locked(by, key, deleted_too=True)
    if run.lifecycle == rules.ACTIVE:
        return run
    _require_experiment_active(run.experiment)
    run.lifecycle, run.deleted_at = rules.ACTIVE, None
    run.save(update_fields=["lifecycle", "deleted_at"])
    record(action="tracking_run.restore", obj=run, by=by)
    return run


def run_locked(by: User, key: str, *, deleted_too: bool = False) -> TrackingRun:
    """The run, for one writer at a time until the transaction ends; one query.

    Raises NotFound for a run the person does not see, Refused where they may not log and for one that is kept as
    evidence, Invalid for a deleted one.
    """
    rows = _LOCKED.rows(team_ids_seen_by(by), uuid=key)
    if not rows:
        raise NotFound(f"Run with id={key[:40]} not found", code="tracking_run.unknown")
    *values, held = rows[0]
    run = TrackingRun.from_db(connection.alias, [field.attname for field in TrackingRun._meta.concrete_fields], values)
    require(by, "tracking.log", run.team_id)
    if held:
        require_free(run)
    if run.lifecycle != rules.ACTIVE and not deleted_too:
        raise Invalid(
            f"The run {key} must be in the 'active' state. Current state is deleted.",
            code="tracking_run.deleted",
            remedy="Restore it first.",
        )
    return run


def logged_digests(run: TrackingRun) -> dict[str, Any]:
    """Digests of the parameters, each metric's last reading, the data read and the files: what the trail keeps."""
    params = dict(run.params.values_list("key", "value"))
    rows = run.metrics.values_list("key", "value", "is_nan", "step")
    metrics = {key: [str(number_shown(value, is_nan=is_nan)), step] for key, value, is_nan, step in rows}
    inputs = sorted(run.inputs.values_list("name", "digest"))
    files = dict(TrackedFile.objects.filter(run=run).values_list("path", "digest"))
    told: dict[str, Any] = {"params": params, "metrics": metrics, "inputs": inputs, "files": files}
    return {name: digest_of(value) for name, value in told.items() if value}


def _require_experiment_active(experiment: Experiment) -> None:
    if experiment.lifecycle != rules.ACTIVE:
        raise Invalid(
            f"The experiment {experiment.pk} must be in the 'active' state. Current state is deleted.",
            code="experiment.deleted",
            remedy="Restore it first.",
        )


def _now() -> datetime:
    """This moment in whole milliseconds: clients know no smaller part, and compare."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
