"""Taking over experiments, runs and logged models that were logged elsewhere, with their own numbers and times.

Taking the same thing twice changes nothing: what an interrupted import left is gone on with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict
from apps.incidents.services import require_free
from apps.tracking import rules
from apps.tracking.models import Experiment, LoggedModel, RunTag, TrackingRun
from apps.tracking.rules.values import text
from apps.tracking.services.runs import logged_digests

IMPORTED_TAG = "genaiops.imported_from"  # the address it came from; it stands once all of the run has come


@dataclass(frozen=True)
class RunTold:
    """One run as another server tells it: its number, name, state and times."""

    key: str
    name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    is_deleted: bool = False


@dataclass(frozen=True)
class LoggedModelTold:
    """One logged model as another server tells it."""

    key: str
    name: str
    model_type: str
    state: str
    created_at: datetime
    run_key: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def experiment_take(
    *,
    by: User,
    team: Team,
    name: str,
    tags: Mapping[str, str],
    created_at: datetime,
    origin: str,
    is_deleted: bool = False,
) -> tuple[Experiment, bool]:
    """The team's experiment of this name, and whether it is new here. A new one is deleted where it is there."""
    require(by, "tracking.log", team)
    in_turn(team)
    name = text(name, "name", rules.LONGEST_NAME)
    found = Experiment.objects.filter(team=team, name=name).first()
    if found is not None:
        return found, False
    made = Experiment.objects.create(
        team=team,
        name=name,
        tags=dict(tags),
        lifecycle=rules.DELETED if is_deleted else rules.ACTIVE,
        created_by=by,
        created_at=created_at,
        updated_at=created_at,
    )
    record(action="experiment.take", obj=made, by=by, data={"origin": origin})
    return made, True


@transaction.atomic
def tracking_run_take(*, by: User, experiment: Experiment, told: RunTold) -> TrackingRun:
    """The run under its own number, open for what it logged. Raises Conflict when another team has this number."""
    require(by, "tracking.log", experiment.team_id)
    found = TrackingRun.objects.filter(uuid=told.key).first()
    if found is not None and found.team_id != experiment.team_id:
        raise Conflict(f"The number {told.key} of the run is taken.", code="tracking_run.elsewhere")
    if found is not None:
        return found
    return TrackingRun.objects.create(
        experiment=experiment,
        team_id=experiment.team_id,
        uuid=told.key,
        name=text(told.name or f"run-{told.key[:8]}", "run_name", 250),
        started_at=told.started_at,
        created_by=by,
    )


@transaction.atomic
def tracking_run_settle(*, by: User, run: TrackingRun, told: RunTold, origin: str) -> None:
    """Give a run its end once everything it logged has come; the trail keeps the digests of that."""
    require(by, "tracking.log", run.team_id)
    require_free(run)
    run.state, run.ended_at = told.state, told.ended_at
    if told.is_deleted:
        run.lifecycle, run.deleted_at = rules.DELETED, told.ended_at or told.started_at
    run.save(update_fields=["state", "ended_at", "lifecycle", "deleted_at"])
    RunTag.objects.update_or_create(run=run, key=IMPORTED_TAG, defaults={"value": origin})
    data = {"origin": origin, "state": told.state, **logged_digests(run)}
    record(action="tracking_run.take", obj=run, by=by, data=data)


@transaction.atomic
def logged_model_take(*, by: User, experiment: Experiment, told: LoggedModelTold, origin: str) -> LoggedModel:
    """The logged model under its own number. Raises Conflict when another team has this number."""
    require(by, "tracking.log", experiment.team_id)
    found = LoggedModel.objects.filter(model_id=told.key).first()
    if found is not None and found.team_id != experiment.team_id:
        raise Conflict(f"The number {told.key} of the logged model is taken.", code="logged_model.elsewhere")
    if found is not None:
        return found
    run = TrackingRun.objects.filter(uuid=told.run_key, team_id=experiment.team_id).first() if told.run_key else None
    made = LoggedModel.objects.create(
        model_id=told.key,
        experiment=experiment,
        team_id=experiment.team_id,
        run=run,
        name=text(told.name, "name", 500),
        model_type=told.model_type[:120],
        state=told.state,
        params=dict(told.params),
        tags=dict(told.tags),
        created_by=by,
        created_at=told.created_at,
        updated_at=told.created_at,
    )
    record(action="logged_model.take", obj=made, by=by, data={"origin": origin, "model_id": told.key})
    return made
