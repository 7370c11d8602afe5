"""The door of evaluations: claim, measure, store."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from celery import shared_task

from apps.core import queue
from apps.evaluation.models import EvaluationRun
from apps.evaluation.rules import BASELINE, DIFFERENCE, VERSION
from apps.evaluation.services import evaluation_finish
from apps.jobs.services.claims import claimed
from workers.doors import checked_path, engine_settings, model_folder, rows_file, threads, work_folder

if TYPE_CHECKING:
    from workers.evaluation.engine import Result


@shared_task(name=queue.EVALUATE)
def evaluate(run_id: int) -> None:
    with claimed(EvaluationRun, run_id) as claim:
        if claim is None:
            return
        from workers.evaluation import engine

        run = claim.run
        with work_folder(run) as folder:
            own_rows = run.rows_digest == run.dataset_version.digest
            data = (
                rows_file(run.dataset_version, folder)
                if own_rows
                else checked_path(run.rows_digest, f"of rows kept from {run.version}")
            )
            config = engine.Config(
                model=str(model_folder(run.version, folder / "model")),
                baseline=str(model_folder(run.baseline, folder / "baseline")) if run.baseline else "",
                data_path=str(data),
                **threads(),
                **engine_settings(run),
            )
            result = engine.run(config, claim.progress)
        evaluation_finish(run=run, result=asdict(result), scores=list(_scores(result)))


def _scores(result: "Result") -> Iterator[dict[str, Any]]:
    """The engine's scores as rows of the table."""
    n = {"n": result.rows}
    for of, scores in ((VERSION, result.scores), (BASELINE, result.baseline_scores)):
        for score in scores:
            yield {"of": of, "metric": score.name, "value": score.value, "low": score.low, "high": score.high} | n
    for pair in result.comparisons:
        yield {"of": DIFFERENCE, "metric": pair.name, "value": pair.difference, "low": pair.low, "high": pair.high} | n
