"""The scheduled sweeps of stored files and of files on their way in. Celery looks for this module."""

from celery import shared_task

from apps.core.queue import SWEEP_FILE_UPLOADS, SWEEP_FILES
from apps.registry.services import file_uploads_sweep, files_sweep


@shared_task(name=SWEEP_FILES)
def sweep_files() -> int:
    return files_sweep()


@shared_task(name=SWEEP_FILE_UPLOADS)
def sweep_file_uploads() -> int:
    return file_uploads_sweep()
