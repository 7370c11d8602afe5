"""The scheduled sweep of chunks that no version uses."""

from celery import shared_task

from apps.catalog.services import chunks_sweep
from apps.core.queue import SWEEP_CHUNKS


@shared_task(name=SWEEP_CHUNKS)
def sweep_chunks() -> int:
    return chunks_sweep().chunks
