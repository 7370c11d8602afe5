"""The door of tuning: claim, tune, make the version."""

from dataclasses import asdict
from pathlib import Path

from celery import shared_task

from apps.core import queue
from apps.jobs.services.claims import claimed
from apps.registry.models import TuningRun
from apps.registry.services import tuning_finish
from workers.doors import energy_country, engine_settings, model_folder, rows_file, threads, work_folder
from workers.tuning.config import Config


@shared_task(name=queue.TUNE)
def tune(run_id: int) -> None:
    with claimed(TuningRun, run_id) as claim:
        if claim is None:
            return
        from workers.importing.engine import model_facts
        from workers.tuning import engine

        run = claim.run
        with work_folder(run, keep_on_error=True) as folder:
            config = Config(
                base=str(model_folder(run.base_version, folder / "base")),
                data_path=str(rows_file(run.dataset_version, folder)),
                output_dir=str(folder / "output"),
                work_dir=str(folder / "work"),
                **energy_country(),
                **threads(),
                **engine_settings(run),
            )
            result = engine.run(config, claim.progress)
            model = Path(result.model_dir)
            account = asdict(result) | {"config": asdict(config), "energy_kwh": result.energy.kwh}
            tuning_finish(
                run=run, folder=model, held_out=Path(result.held_out_path), facts=model_facts(model), result=account
            )
