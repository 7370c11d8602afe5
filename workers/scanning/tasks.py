"""The door of scans: claim, scan, store."""

from dataclasses import asdict

from celery import shared_task

from apps.catalog.models import ScanRun
from apps.catalog.services import scan_finish
from apps.core import queue
from apps.jobs.services.claims import claimed
from workers.doors import engine_settings, rows_file, work_folder


@shared_task(name=queue.SCAN)
def scan(run_id: int) -> None:
    with claimed(ScanRun, run_id) as claim:
        if claim is None:
            return
        from workers.scanning import engine

        run = claim.run
        version = run.dataset_version
        with work_folder(run) as folder:
            config = engine.Config(
                input_path=str(rows_file(version, folder)), licence=version.licence, **engine_settings(run)
            )
            result = engine.run(config, claim.progress)
        scan_finish(run=run, result=asdict(result) | {"content_digest": version.digest})
