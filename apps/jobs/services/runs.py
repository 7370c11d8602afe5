"""Writes that concern runs of every kind: cancel, retry, fail, sweep."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import SYSTEM, WORKER, record
from apps.core import queue, rules
from apps.core.errors import Conflict
from apps.core.models import Run
from apps.core.runs import run_models


def team_of(run: Run) -> int:
    """The team whose run this is; every concrete kind has one."""
    team_id: int = getattr(run, "team_id")  # noqa: B009 - the abstract Run stands below the floor of teams
    return team_id


@transaction.atomic
def run_cancel(*, by: User, run: Run, reason: str = "") -> None:
    """Stop a run: at once while it waits, at the next sign of life while it works."""
    require(by, run.cancel_needs, team_of(run))
    rows = type(run)._default_manager.filter(pk=run.pk)
    now = timezone.now()
    stopped = rows.filter(state=rules.QUEUED).update(
        state=rules.CANCELLED, finished_at=now, message="Cancelled before it started"
    ) or rows.filter(state=rules.RUNNING, cancel_requested_at=None).update(
        cancel_requested_at=now, message="Cancelling"
    )
    if not stopped:
        raise Conflict("This run has ended or is being cancelled already.", code="run.ended")
    record(action="run.cancel", obj=run, by=by, reason=reason)


@transaction.atomic
def run_retry(*, by: User, run: Run) -> None:
    """Queue a run again that failed, was cancelled or was lost; it continues from its checkpoints where it has any."""
    require(by, run.retry_needs, team_of(run))
    run.refresh_from_db()
    if not rules.may_move(run.state, rules.QUEUED) or run.state == rules.RUNNING:
        raise Conflict(f"A run that is {run.state} cannot be started again.", code="run.state")
    if not run.requeue("Started again", keep_attempts=False):
        raise Conflict("This run changed at the same moment.", remedy="Look again.")
    record(action="run.retry", obj=run, by=by)
    queue.enqueue(run)


@transaction.atomic
def run_fail(*, run: Run, code: str, message: str) -> None:
    """End a worker's claim with an error that a person can read."""
    run.end(rules.FAILED, error_code=code, error=message, message="Failed")
    record(action="run.fail", obj=run, by=WORKER, data={"code": code})


@transaction.atomic
def run_stop(*, run: Run) -> None:
    """End a worker's claim because somebody asked for it."""
    run.end(rules.CANCELLED, message="Cancelled")
    record(action="run.stop", obj=run, by=WORKER)


def runs_sweep() -> int:
    """Requeue runs whose worker fell silent, and hand over again what the broker may have lost. Returns how many."""
    models = list(run_models().values())
    rescued = sum(_rescued(run) for model in models for run in _silent(model))
    sent = 0
    for run in (run for model in models for run in _waiting(model)):
        if not queue.send(run):
            break  # the broker is away: each further attempt would only wait for it as well
        sent += 1
    return rescued + sent


def _silent(model: type[Run]) -> list[Run]:
    limit = timezone.now() - timedelta(seconds=settings.RUN_LOST_AFTER_SECONDS)
    return list(model._default_manager.filter(state=rules.RUNNING, heartbeat_at__lt=limit))


def _waiting(model: type[Run]) -> list[Run]:
    """Queued runs that were never handed over, or so long ago that the message may be gone."""
    limit = timezone.now() - timedelta(seconds=5 * settings.RUN_LOST_AFTER_SECONDS)
    overdue = Q(sent_at=None) | Q(sent_at__lt=limit)
    return list(model._default_manager.filter(overdue, state=rules.QUEUED).order_by("pk")[:1_000])


def _rescued(run: Run) -> bool:
    """Whether the run was rescued; one that moved on at the same moment needs no rescue."""
    try:
        return _rescue(run)
    except Conflict:
        return False


@transaction.atomic
def _rescue(run: Run) -> bool:
    if run.cancel_requested_at is not None:
        run.end(rules.CANCELLED, message="Cancelled; its worker no longer answered")
    elif run.attempts >= run.max_attempts:
        run.end(rules.LOST, error_code="run.lost", error="Its worker fell silent, and no attempts are left.")
    elif run.requeue("Its worker fell silent; queued again", keep_attempts=True):
        queue.enqueue(run)
    else:
        return False
    record(action="run.rescue", obj=run, by=SYSTEM, data={"attempts": run.attempts})
    return True
