"""The door of imports that a command has left: claim, go on."""

from celery import shared_task

from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.mlflow.models import HistoryImport
from apps.mlflow.services import history_import


@shared_task(name=queue.IMPORT_HISTORY)
def import_history(run_id: int) -> None:
    with claimed(HistoryImport, run_id) as claim:
        if claim is None:
            return
        history_import(run=claim.run, on_progress=claim.progress)
