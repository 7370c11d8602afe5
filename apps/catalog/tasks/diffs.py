"""The door of comparisons: claim, compare, store."""

from celery import shared_task

from apps.catalog.models import DiffRun
from apps.catalog.services.diffs import diff_make
from apps.core import queue
from apps.jobs.services.claims import claimed


@shared_task(name=queue.DIFF)
def compare(run_id: int) -> None:
    with claimed(DiffRun, run_id) as claim:
        if claim is None:
            return
        diff_make(run=claim.run, on_progress=claim.progress)
