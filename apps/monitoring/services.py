"""Every write about drift measurements."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import rules as run_rules
from apps.core.canonical import digest_of
from apps.core.errors import Invalid
from apps.core.queue import enqueue
from apps.monitoring import rules
from apps.monitoring.models import DriftRun
from apps.registry.models import ModelVersion


@transaction.atomic
def drift_start(
    *,
    by: User,
    version: ModelVersion,
    reference: DatasetVersion,
    analysis: DatasetVersion,
    config: dict[str, Any],
    is_own_traffic: bool = False,
    note: str = "",
) -> DriftRun:
    """Queue a comparison of `analysis` with `reference`, chunk by chunk. Raises Invalid for unknown settings."""
    require(by, "drift.start", version.team_id, shared=version.model)
    for data in (reference, analysis):
        require(by, "team.view", data.team_id, shared=data.dataset)
        if data.format not in {"csv", "parquet"}:
            raise Invalid(f"{data} is {data.format}; drift is measured on CSV or Parquet tables.", code="drift.format")
    unknown = set(config) - rules.SETTINGS
    if unknown:
        raise Invalid(f"Unknown settings: {', '.join(sorted(unknown))}.", code="drift.settings")
    run = DriftRun.objects.create(
        team_id=version.team_id,
        version=version,
        reference=reference,
        analysis=analysis,
        config=config,
        is_own_traffic=is_own_traffic,
        note=note,
        created_by=by,
    )
    record(action="drift.start", obj=run, by=by, data={"reference": reference.digest, "analysis": analysis.digest})
    enqueue(run)
    return run


@transaction.atomic
def drift_finish(*, run: DriftRun, result: dict[str, Any]) -> None:
    """Store what a worker measured, every chunk's value at full precision."""
    run.end(run_rules.SUCCEEDED, result=result, message="Drift measured")
    record(action="drift.finish", obj=run, by=WORKER, data={"result_digest": digest_of(result)})
