"""Every write about evaluations."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.evaluation import rules
from apps.evaluation.models import EvaluationRun, Score
from apps.registry.models import ModelVersion
from apps.registry.queries import ancestors_of, refuse_unsafe, trained_dataset_ids, tuning_of


@transaction.atomic
def evaluation_start(
    *,
    by: User,
    version: ModelVersion,
    dataset_version: DatasetVersion,
    baseline: ModelVersion | None = None,
    config: dict[str, Any] | None = None,
) -> EvaluationRun:
    """Queue a measurement of `version` (and of `baseline`, row by row beside it).

    Where the version was tuned on this very dataset version, only the rows kept from training are used: measuring on
    training rows would flatter it. Rows count as held out only if their dataset trained neither the version (but for
    the rows that were kept) nor any version it descends from.
    Raises Conflict when files are missing, Invalid for unknown settings.
    """
    require(by, "evaluation.start", version.team_id, shared=version.model)
    require(by, "team.view", dataset_version.team_id, shared=dataset_version.dataset)
    _check_subjects(by, version, baseline)
    unknown = set(config or {}) - rules.SETTINGS
    if unknown:
        raise Invalid(f"Unknown settings: {', '.join(sorted(unknown))}.", code="evaluation.settings")
    tuning = tuning_of(version)
    is_own = tuning is not None and tuning.dataset_version_id == dataset_version.pk
    held_out = tuning.held_out_digest if tuning and is_own else ""
    run = EvaluationRun.objects.create(
        team_id=version.team_id,
        version=version,
        baseline=baseline,
        dataset_version=dataset_version,
        rows_digest=held_out or dataset_version.digest,
        is_held_out=tuning is not None and _is_unseen(version, dataset_version, is_kept=bool(held_out)),
        model_digest=version.manifest_digest,
        created_by=by,
        config=config or {},
    )
    record(action="evaluation.start", obj=run, by=by, data={"version": version.pk, "rows": run.rows_digest})
    enqueue(run)
    return run


def _is_unseen(version: ModelVersion, data: DatasetVersion, *, is_kept: bool) -> bool:
    """Whether the rows were in nobody's training; versions of one dataset share rows, so the dataset decides."""
    trained = set() if is_kept else trained_dataset_ids([version])
    return data.dataset_id not in trained | trained_dataset_ids(ancestors_of(version))


def _check_subjects(by: User, version: ModelVersion, baseline: ModelVersion | None) -> None:
    if baseline is not None:
        require(by, "team.view", baseline.team_id, shared=baseline.model)
    if baseline == version:
        raise Invalid("A version cannot be its own baseline.", code="evaluation.baseline")
    for subject in (version, baseline):
        if subject is not None and not subject.manifest_digest:
            raise Conflict(f"{subject} has no files yet.", remedy="Wait until its import has finished.")
        if subject is not None:
            refuse_unsafe(subject)


@transaction.atomic
def evaluation_finish(*, run: EvaluationRun, result: dict[str, Any], scores: list[dict[str, Any]]) -> None:
    """Store what a worker measured; `scores` holds of, metric, value, low, high and n."""
    run.end(run_rules.SUCCEEDED, result=result, message="Evaluation finished")  # first: a late worker adds no score
    Score.objects.bulk_create(Score(run=run, **score) for score in scores)
    record(action="evaluation.finish", obj=run, by=WORKER, data={"scores": len(scores), "rows": run.rows_digest})
