"""The door of drift: claim, measure, store."""

from dataclasses import asdict
from pathlib import Path

from celery import shared_task

from apps.catalog.models import DatasetVersion
from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.monitoring.models import DriftRun
from apps.monitoring.services import drift_finish
from workers.doors import checked_path, engine_settings, work_folder


@shared_task(name=queue.DRIFT)
def measure(run_id: int) -> None:
    with claimed(DriftRun, run_id) as claim:
        if claim is None:
            return
        from workers.drift import engine

        run = claim.run
        with work_folder(run) as folder:
            config = engine.Config(
                reference_path=str(_table(run.reference, folder / "reference")),
                analysis_path=str(_table(run.analysis, folder / "analysis")),
                **engine_settings(run),
            )
            result = engine.run(config, claim.progress)
        drift_finish(run=run, result=asdict(result))


def _table(version: DatasetVersion, link: Path) -> Path:
    """The stored table under a name whose ending tells its format; stored files have no ending."""
    path = link.with_suffix(f".{version.format}")
    path.unlink(missing_ok=True)
    path.symlink_to(checked_path(version.digest, str(version)))
    return path
