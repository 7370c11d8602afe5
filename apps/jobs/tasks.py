"""The scheduled sweep's door."""

from celery import shared_task

from apps.core.queue import SWEEP
from apps.jobs.services import runs_sweep


@shared_task(name=SWEEP)
def sweep_runs() -> int:
    return runs_sweep()
