"""The door of audit packs: claim, make, store."""

from celery import shared_task

from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.reports.models import ReportRun
from apps.reports.services import report_make


@shared_task(name=queue.REPORT)
def render(run_id: int) -> None:
    with claimed(ReportRun, run_id) as claim:
        if claim is None:
            return
        from apps.core.pdf import render_pdf

        report_make(run=claim.run, render=render_pdf, on_progress=claim.progress)
