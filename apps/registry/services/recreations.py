"""Repeating a tuning run from its recorded inputs."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core.errors import Conflict
from apps.core.queue import enqueue
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.rules.recreation import IMPOSSIBLE, OUTCOMES


@transaction.atomic
def recreation_start(*, by: User, tuning: TuningRun) -> RecreationRun:
    """Queue a repetition. Raises Conflict when the tuning made no version, or is being repeated already."""
    require(by, "tuning.start", tuning.team, shared=tuning.output_model)
    tuning = TuningRun.objects.select_for_update(of=("self",)).get(pk=tuning.pk)
    if tuning.state != run_rules.SUCCEEDED or tuning.output_version_id is None:
        raise Conflict(
            "This tuning made no version, so there is nothing to recreate.",
            code="recreation.nothing",
            remedy="Repeat the tuning itself: start it again with the same settings.",
        )
    if RecreationRun.objects.filter(tuning=tuning, state__in=run_rules.OPEN).exists():
        raise Conflict("This tuning is being repeated already.", code="recreation.open", remedy="Wait for the result.")
    run = RecreationRun.objects.create(team_id=tuning.team_id, tuning=tuning, created_by=by)
    record(action="tuning.recreate", obj=run, by=by, data={"tuning": tuning.pk})
    enqueue(run)
    return run


@transaction.atomic
def recreation_finish(*, run: RecreationRun, outcome: str, because: str, found: dict[str, Any]) -> RecreationRun:
    """Keep what a repetition showed. `outcome` is one of `rules.recreation.OUTCOMES`."""
    result = {"outcome": outcome, "because": because, **found}
    energy = None if outcome == IMPOSSIBLE else found.get("energy_kwh")
    run.end(run_rules.SUCCEEDED, result=result, energy_kwh=energy, message=OUTCOMES[outcome])
    data = {"tuning": run.tuning_id, "outcome": outcome, "weights": found.get("second", {}).get("weights_sha256", "")}
    record(action="tuning.recreated", obj=run, by=WORKER, data=data)
    return run
