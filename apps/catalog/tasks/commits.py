"""The door of commits: claim, make the version, store.

Each operation has one maker, which ends the run in the same transaction that makes the version.
"""

from collections.abc import Callable
from pathlib import Path

from celery import shared_task

from apps.catalog.models import CommitRun
from apps.catalog.rules import FILTERED, MERGED, REDACTED, UPLOADED
from apps.catalog.services.commit_runs import upload_made
from apps.catalog.services.contents import OnProgress
from apps.catalog.services.merges import merge_made
from apps.catalog.services.redactions import redaction_made
from apps.catalog.services.views import view_made
from apps.core import queue
from apps.core.errors import Invalid
from apps.jobs.services.claims import claimed
from apps.jobs.services.folders import work_folder

# Called with the claimed run, an empty folder of its own and where to report progress.
MAKERS: dict[str, Callable[[CommitRun, Path, OnProgress], object]] = {
    UPLOADED: upload_made,
    REDACTED: redaction_made,
    FILTERED: view_made,
    MERGED: merge_made,
}


@shared_task(name=queue.COMMIT)
def commit(run_id: int) -> None:
    with claimed(CommitRun, run_id) as claim:
        if claim is None:
            return
        maker = MAKERS.get(claim.run.operation)
        if maker is None:
            raise Invalid(f"No run makes a version by “{claim.run.operation}”.", code="commit.operation")
        with work_folder(claim.run) as folder:
            maker(claim.run, folder, claim.progress)
