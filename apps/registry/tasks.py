"""The scheduled sweep of stored files. Celery looks for this module."""

from celery import shared_task

from apps.core.queue import SWEEP_FILES
from apps.registry.services import files_sweep


@shared_task(name=SWEEP_FILES)
def sweep_files() -> int:
    return files_sweep()
