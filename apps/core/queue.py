"""The names of all jobs, the queue each waits in, and the one way to send one.

The message carries the row's id and nothing else: the row is the input and the result. A broker that is away loses
nothing; the run stays queued in the database and the sweep sends it again.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

if TYPE_CHECKING:
    from apps.core.models import Run

logger = logging.getLogger(__name__)

CPU, GPU, SERVING = "cpu", "gpu", "serving"

IMPORT = "importing.import_model"
SCAN = "scanning.scan"
COMMIT = "catalog.commit"
DIFF = "catalog.diff"
IMPORT_HISTORY = "mlflow.import_history"
TUNE = "tuning.tune"
RECREATE = "tuning.recreate"
SCAN_FILES = "artifacts.scan_files"
CHECK_FILES = "artifacts.check_files"
SIGN = "artifacts.sign"
SWEEP_FILES = "registry.sweep_files"
SWEEP_FILE_UPLOADS = "registry.sweep_file_uploads"
EVALUATE = "evaluation.evaluate"
SERVE = "serving.serve"
DRIFT = "drift.measure"
REPORT = "reports.render"
SNAPSHOT = "reports.snapshot"
READINESS = "reports.readiness"
SWEEP = "jobs.sweep_runs"
SWEEP_UPLOADS = "catalog.sweep_uploads"
SWEEP_CHUNKS = "catalog.sweep_chunks"
CHECK_CONTROLS = "checklist.check_controls"
REMIND = "reminders.remind"
SIGN_TRAIL = "audit.checkpoint"
CHECK_TRAIL = "trail.check"
DELIVER_TRAIL = "trail.deliver"

QUEUES: dict[str, str] = {
    IMPORT: CPU,
    SCAN: CPU,
    COMMIT: CPU,
    DIFF: CPU,
    IMPORT_HISTORY: CPU,
    TUNE: GPU,
    RECREATE: GPU,
    SCAN_FILES: CPU,
    CHECK_FILES: CPU,
    SIGN: CPU,
    SWEEP_FILES: CPU,
    SWEEP_FILE_UPLOADS: CPU,
    EVALUATE: GPU,
    SERVE: SERVING,
    DRIFT: CPU,
    REPORT: CPU,
    SNAPSHOT: CPU,
    READINESS: CPU,
    SWEEP: CPU,
    SWEEP_UPLOADS: CPU,
    SWEEP_CHUNKS: CPU,
    CHECK_CONTROLS: CPU,
    REMIND: CPU,
    SIGN_TRAIL: CPU,
    CHECK_TRAIL: CPU,
    DELIVER_TRAIL: CPU,
}


def enqueue(run: "Run") -> None:
    """Send the run's id to its queue once the surrounding transaction has committed."""
    transaction.on_commit(partial(send, run))


def send(run: "Run") -> bool:
    """Hand the id to the broker now. False when the broker does not answer; the run then waits in the database."""
    manager = type(run)._default_manager.filter(pk=run.pk)
    try:
        current_app.send_task(run.job, args=[run.pk], queue=QUEUES[run.job], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker unavailable, %s %s waits in the database: %s", run.kind, run.pk, type(error).__name__)
        manager.update(sent_at=None, message="Waiting for the message broker; nothing is lost.")
        return False
    manager.update(sent_at=timezone.now())
    return True
