"""The doors of the trail's work: claim, read, keep what was found."""

from celery import shared_task

from apps.audit.queries.examining import examine_all
from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.trail.models import TrailCheckRun
from apps.trail.services import deliveries_send, trail_check_finish


@shared_task(name=queue.CHECK_TRAIL)
def check(run_id: int) -> None:
    with claimed(TrailCheckRun, run_id) as claim:
        if claim is not None:
            trail_check_finish(run=claim.run, found=examine_all(claim.progress))


@shared_task(name=queue.DELIVER_TRAIL)
def deliver() -> int:
    return deliveries_send()
