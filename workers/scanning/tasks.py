"""The door of scans: claim, lay the rows out, scan, store."""

from pathlib import Path

from celery import shared_task

from apps.catalog.models import ScanRun
from apps.catalog.rules.licences import licence_section
from apps.catalog.services import scan_finish
from apps.catalog.services.integrity import rows_break
from apps.core import queue
from apps.core.errors import Conflict, NotFound
from apps.jobs.services.claims import claimed
from workers.doors import work_folder


@shared_task(name=queue.SCAN)
def scan(run_id: int) -> None:
    with claimed(ScanRun, run_id) as claim:
        if claim is None:
            return
        from workers.scanning import engine, layout

        run = claim.run
        version = run.dataset_version
        with work_folder(run, keep_on_error=True) as folder:
            try:
                config = layout.config_for(run, folder, claim.progress)
            except (Conflict, NotFound):
                rows_break(version=version)  # says nothing where it was another version that is compared with
                raise
            result = engine.run(config, claim.progress)
            told = result.told(licence=licence_section(version.licence))
            scan_finish(run=run, result=told | {"content_digest": version.digest}, spans=Path(result.spans_path))
