"""The door of commits: claim, make the version, store."""

from celery import shared_task

from apps.catalog.models import CommitRun
from apps.catalog.services.commit_runs import commit_made
from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.jobs.services.folders import work_folder


@shared_task(name=queue.COMMIT)
def commit(run_id: int) -> None:
    with claimed(CommitRun, run_id) as claim:
        if claim is None:
            return
        with work_folder(claim.run) as folder:
            commit_made(claim.run, folder, claim.progress)
