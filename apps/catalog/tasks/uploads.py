"""The scheduled sweep of uploads that nobody goes on with."""

from celery import shared_task

from apps.catalog.services import uploads_sweep
from apps.core.queue import SWEEP_UPLOADS


@shared_task(name=SWEEP_UPLOADS)
def sweep_uploads() -> int:
    return uploads_sweep()
