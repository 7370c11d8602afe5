"""The door of model imports: claim, fetch, check, store."""

from pathlib import Path

from celery import shared_task
from django.conf import settings

from apps.core import queue
from apps.core.errors import Invalid
from apps.jobs.services.claims import claimed
from apps.registry.models import ImportRun
from apps.registry.services import import_finish
from workers.doors import work_folder


@shared_task(name=queue.IMPORT)
def import_model(run_id: int) -> None:
    with claimed(ImportRun, run_id) as claim:
        if claim is None:
            return
        from workers.importing import engine

        source = _allowed(claim.run.config["source"])
        with work_folder(claim.run) as folder:
            result = engine.run(engine.Config(source=source, output_dir=str(folder / "model")), claim.progress)
            import_finish(run=claim.run, folder=folder / "model", facts=result.facts)


def _allowed(source: str) -> str:
    """A hub id as it is; a folder only below the folders that the operator opened, so that nobody reads the rest."""
    path = Path(source)
    if not path.is_absolute() and not path.exists():
        return source
    roots = [Path(root).resolve() for root in settings.MODEL_FOLDERS]
    if not any(root == path.resolve() or root in path.resolve().parents for root in roots):
        raise Invalid(
            "This folder is not open for imports.",
            code="model.folder_closed",
            remedy="Put the model below one of the folders named in MODEL_FOLDERS.",
        )
    return str(path.resolve())
