"""Tuning runs and the versions they make."""

from pathlib import Path
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.registry import rules
from apps.registry.models import LineageLink, ModelFile, ModelVersion, RegisteredModel, TuningRun
from apps.registry.queries.safety import refuse_unsafe
from apps.registry.rules.facts import environment_lock
from apps.registry.services.making import files_add, files_stored, version_number_next
from apps.registry.services.records import facts_apply


@transaction.atomic
def tuning_start(
    *,
    by: User,
    base_version: ModelVersion,
    dataset_version: DatasetVersion,
    output_model: RegisteredModel,
    config: dict[str, Any] | None = None,
) -> TuningRun:
    """Queue a LoRA fine-tuning. Raises Invalid for unknown settings, Conflict when the base has no files yet."""
    require(by, "tuning.start", output_model.team, shared=output_model)
    require(by, "team.view", base_version.team_id, shared=base_version.model)
    require(by, "team.view", dataset_version.team_id, shared=dataset_version.dataset)
    if not base_version.manifest_digest:
        raise Conflict("The base version has no files yet.", remedy="Wait until its import has finished.")
    refuse_unsafe(base_version)
    unknown = set(config or {}) - rules.TUNING_SETTINGS
    if unknown:
        raise Invalid(f"Unknown settings: {', '.join(sorted(unknown))}.", code="tuning.settings")
    run = TuningRun.objects.create(
        team_id=output_model.team_id,
        base_version=base_version,
        dataset_version=dataset_version,
        output_model=output_model,
        created_by=by,
        config=config or {},
    )
    data = {"base": base_version.manifest_digest, "data": dataset_version.digest, "config": run.config}
    record(action="tuning.start", obj=run, by=by, data=data)
    enqueue(run)
    return run


def tuning_finish(
    *, run: TuningRun, folder: Path, held_out: Path, facts: dict[str, Any], result: dict[str, Any]
) -> ModelVersion:
    """Make the tuned version from a worker's output, with its lineage and energy."""
    return _tuning_finish(run, files_stored(folder), storage.put_path(held_out).digest, facts, result)


@transaction.atomic
def _tuning_finish(
    run: TuningRun, files: list[ModelFile], held_out_digest: str, facts: dict[str, Any], result: dict[str, Any]
) -> ModelVersion:
    version = version_number_next(
        by=run.created_by,
        model=run.output_model,
        licence=run.base_version.licence,
        relation="finetune",
        tokenizer=run.base_version.tokenizer,
        environment=environment_lock(result),
        description=f"Tuned from {run.base_version} on {run.dataset_version}",
    )
    facts_apply(version, facts)
    files_add(version, files)
    version.save()
    _lineage_add(version, run)
    run.end(
        run_rules.SUCCEEDED,
        result=result,
        output_version=version,
        held_out_digest=held_out_digest,
        energy_kwh=result.get("energy_kwh"),
        message="Tuning finished",
    )
    record(action="tuning.finish", obj=run, by=WORKER, data={"manifest_digest": version.manifest_digest})
    record(action="version.create", obj=version, by=WORKER, data={"tuning_run": run.pk})
    return version


def _lineage_add(version: ModelVersion, run: TuningRun) -> None:
    LineageLink.objects.bulk_create(
        [
            LineageLink(version=version, relation=rules.TUNED_FROM, base_version=run.base_version),
            LineageLink(version=version, relation=rules.TRAINED_ON, dataset_version=run.dataset_version),
            LineageLink(version=version, relation=rules.MADE_BY, tuning_run=run),
        ]
    )
