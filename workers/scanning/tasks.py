"""The door of scans: claim, scan, store."""

from dataclasses import asdict
from typing import Any

from celery import shared_task

from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.services import scan_finish
from apps.core import queue
from apps.jobs.services.claims import claimed
from workers.doors import engine_settings, rows_file, work_folder

ROW_NUMBER_COLUMNS = frozenset({"id", "row_id", "uuid", "index"})  # they differ in every row and hide copies


@shared_task(name=queue.SCAN)
def scan(run_id: int) -> None:
    with claimed(ScanRun, run_id) as claim:
        if claim is None:
            return
        from workers.scanning import engine

        run = claim.run
        version = run.dataset_version
        with work_folder(run) as folder:
            settings: dict[str, Any] = {"columns": _columns(version)} | engine_settings(run)
            config = engine.Config(input_path=str(rows_file(version, folder)), licence=version.licence, **settings)
            result = engine.run(config, claim.progress)
        scan_finish(run=run, result=asdict(result) | {"content_digest": version.digest})


def _columns(version: DatasetVersion) -> tuple[str, ...]:
    return tuple(column["name"] for column in version.columns if column["name"].lower() not in ROW_NUMBER_COLUMNS)
