"""The doors of documents: claim, freeze or make, store."""

from celery import shared_task

from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.reports.models import ReadinessRun, ReportRun, SnapshotRun
from apps.reports.rules.documents.spec import AUDIT_PACK
from apps.reports.services import Press, document_make, pack_make, readiness_make, snapshot_make


@shared_task(name=queue.REPORT)
def render(run_id: int) -> None:
    with claimed(ReportRun, run_id) as claim:
        if claim is None:
            return
        from apps.reports.rendering import RENDERERS
        from apps.reports.services.signing import sign_pdf

        make = pack_make if claim.run.document == AUDIT_PACK else document_make
        make(run=claim.run, press=Press(RENDERERS, sign_pdf), on_progress=claim.progress)


@shared_task(name=queue.SNAPSHOT)
def freeze(run_id: int) -> None:
    with claimed(SnapshotRun, run_id) as claim:
        if claim is not None:
            snapshot_make(run=claim.run, on_progress=claim.progress)


@shared_task(name=queue.READINESS)
def look_through(run_id: int) -> None:
    with claimed(ReadinessRun, run_id) as claim:
        if claim is not None:
            readiness_make(run=claim.run, on_progress=claim.progress)
