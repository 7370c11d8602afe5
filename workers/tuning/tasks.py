"""The doors of tuning: claim, tune, make the version; and tune once more to see whether the same comes out."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from celery import shared_task

from apps.core import queue
from apps.core.errors import DomainError
from apps.jobs.services.claims import Claim, claimed
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.rules.recreation import IMPOSSIBLE, environment_changes, judge, last_loss, settings_to_repeat
from apps.registry.services import recreation_finish, tuning_finish
from workers.doors import energy_country, engine_settings, model_folder, rows_file, threads, work_folder
from workers.errors import EngineError
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


@shared_task(name=queue.RECREATE)
def recreate(run_id: int) -> None:
    with claimed(RecreationRun, run_id) as claim:
        if claim is None:
            return
        tuning = claim.run.tuning
        with work_folder(claim.run, keep_on_error=True) as folder:
            try:
                config = _recorded(tuning, folder)
                first = _first_model(tuning, folder)
            except (DomainError, EngineError) as missing:
                recreation_finish(run=claim.run, outcome=IMPOSSIBLE, because=missing.message, found={})
                return
            _repeat(claim, config, first)


def _recorded(tuning: TuningRun, folder: Path) -> Config:
    """The first run's inputs, laid out again. Raises DomainError or EngineError, saying what is no longer there."""
    recorded = (tuning.result or {}).get("config")
    if not recorded:
        raise EngineError("recreation.unrecorded", "The settings of this tuning were not kept, so it cannot be tried.")
    chosen = settings_to_repeat(recorded)
    if unknown := sorted(set(chosen) - {field.name for field in fields(Config)}):
        raise EngineError(
            "recreation.settings", f"The engine of today does not know the recorded setting {unknown[0]}."
        )
    return Config(
        base=str(model_folder(tuning.base_version, folder / "base")),
        data_path=str(rows_file(tuning.dataset_version, folder)),
        output_dir=str(folder / "output"),
        work_dir=str(folder / "work"),
        **energy_country(),
        **chosen,
    )


def _first_model(tuning: TuningRun, folder: Path) -> Path:
    if tuning.output_version is None:
        raise EngineError("recreation.nothing", "The tuning made no version that could be compared with.")
    return model_folder(tuning.output_version, folder / "first")


def _repeat(claim: Claim[RecreationRun], config: Config, first_model: Path) -> None:
    from workers.tuning import engine
    from workers.tuning.comparing import compare_weights

    result = engine.run(config, claim.progress)
    weights = asdict(compare_weights(first_model, Path(result.model_dir)))
    first, second = claim.run.tuning.result or {}, asdict(result)
    verdict = judge(first, second, weights)
    found = {
        "weights": weights,
        "first": _told(first),
        "second": _told(second),
        "environment": environment_changes(first.get("environment") or {}, second["environment"]),
        "energy_kwh": result.energy.kwh,
    }
    recreation_finish(run=claim.run, outcome=verdict.outcome, because=verdict.because, found=found)


def _told(account: dict[str, Any]) -> dict[str, Any]:
    """What the comparison shows of one run."""
    return {
        "weights_sha256": account.get("model_weights_sha256", ""),
        "data_sha256": account.get("data_sha256", ""),
        "held_out_loss": last_loss(account),
        "train_loss": (account.get("train_loss_curve") or [[0, None]])[-1][1],
        "steps": account.get("steps"),
        "seconds": account.get("train_seconds"),
        "loss_curve": account.get("eval_loss_curve") or [],
    }
