"""Every write about models, versions and tuning runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.catalog.rules.uses import intended_uses as intended_uses_listed
from apps.catalog.rules.uses import unknown_uses
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.registry import rules
from apps.registry.models import ImportRun, LineageLink, ModelFile, ModelVersion, RegisteredModel, TuningRun


@transaction.atomic
def model_create(
    *,
    by: User,
    team: Team,
    name: str,
    description: str = "",
    intended_purpose: str = "",
    intended_uses: Sequence[str] = (),
) -> RegisteredModel:
    """Register a model's name. Raises Conflict when the team already has one of this name, Invalid for unknown uses."""
    require(by, "model.create", team)
    name = name.strip()
    if not name:
        raise Invalid("A model needs a name.")
    uses = _uses(intended_uses)
    in_turn(team)
    if RegisteredModel.objects.filter(team=team, name=name).exists():
        raise Conflict(f"This team already has a model called “{name}”.", code="model.exists")
    model = RegisteredModel.objects.create(
        team=team,
        name=name,
        description=description,
        intended_purpose=intended_purpose,
        intended_uses=uses,
        created_by=by,
    )
    record(action="model.create", obj=model, by=by, data={"intended_uses": uses} if uses else {})
    return model


@transaction.atomic
def model_describe(
    *,
    by: User,
    model: RegisteredModel,
    intended_uses: Sequence[str],
    intended_purpose: str | None = None,
    reason: str,
) -> RegisteredModel:
    """Say what a model is meant for. Every version's terms are held against the uses; answers on them turn stale.

    Raises Invalid for a code that the list does not have, or without a reason.
    """
    require(by, "model.describe", model.team, shared=model)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    uses = _uses(intended_uses)
    model = RegisteredModel.objects.select_for_update(of=("self",)).select_related("team").get(pk=model.pk)
    data = {"before": model.intended_uses, "after": uses}
    model.intended_uses = uses
    if intended_purpose is not None:
        model.intended_purpose = intended_purpose
    model.save(update_fields=["intended_uses", "intended_purpose"])
    record(action="model.describe", obj=model, by=by, reason=reason.strip(), data=data)
    return model


def _uses(codes: Sequence[str]) -> list[str]:
    """The codes in the order of the list, each once. Raises Invalid."""
    if unknown := unknown_uses(list(codes)):
        raise Invalid(f"There is no intended use “{unknown[0]}”.", code="uses.unknown")
    return [code for code in intended_uses_listed() if code in codes]


@transaction.atomic
def version_import(
    *,
    by: User,
    model: RegisteredModel,
    source: str,
    licence: str = "",
    description: str = "",
    trained_on: list[DatasetVersion] | None = None,
) -> ImportRun:
    """Make the next version from a local folder of a worker or a hub id. A worker fetches and checks the files."""
    require(by, "version.create", model.team, shared=model)
    if not source.strip():
        raise Invalid("Name a folder or a hub id, such as “organisation/model”.")
    version = _version_create(by=by, model=model, source=source.strip(), licence=licence, description=description)
    for dataset_version in trained_on or []:
        require(by, "team.view", dataset_version.team_id, shared=dataset_version.dataset)
        LineageLink.objects.create(version=version, relation=rules.TRAINED_ON, dataset_version=dataset_version)
    run = ImportRun.objects.create(
        team_id=model.team_id, version=version, created_by=by, config={"source": version.source}
    )
    record(action="version.import", obj=version, by=by, data={"source": version.source, "run": run.pk})
    enqueue(run)
    return run


def _version_create(*, by: User, model: RegisteredModel, **fields: Any) -> ModelVersion:
    RegisteredModel.objects.select_for_update().get(pk=model.pk)  # two imports at once get two numbers
    last = ModelVersion.objects.filter(model=model).aggregate(last=Max("number"))["last"] or 0
    return ModelVersion.objects.create(model=model, team_id=model.team_id, number=last + 1, created_by=by, **fields)


def _files_stored(folder: Path) -> list[ModelFile]:
    """Every file of a folder, stored, as rows to be saved. Outside of transactions: gigabytes take their time, and
    nobody else may wait for them (on SQLite a transaction holds up every other write).
    """
    files = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        stored = storage.put_path(path)
        name = path.relative_to(folder).as_posix()
        files.append(ModelFile(path=name, digest=stored.digest, size=stored.size))
    return files


def _files_add(version: ModelVersion, files: list[ModelFile]) -> None:
    """Make these the version's files, and set its manifest digest."""
    ModelFile.objects.filter(version=version).delete()
    for file in files:
        file.version = version
    ModelFile.objects.bulk_create(files)
    version.manifest_digest = rules.manifest_digest((file.path, file.digest, file.size) for file in files)
    version.size = sum(file.size for file in files)


def import_finish(*, run: ImportRun, folder: Path, facts: dict[str, Any]) -> None:
    """Store the checked files of an import and what was read from them."""
    _import_finish(run, _files_stored(folder), facts)


@transaction.atomic
def _import_finish(run: ImportRun, files: list[ModelFile], facts: dict[str, Any]) -> None:
    # Read afresh and held: somebody may have proposed or retired the version while its files were on their way.
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=run.version_id)
    _files_add(version, files)
    version.facts = facts
    version.architecture = str(facts.get("architecture", ""))[:120]
    version.parameters = facts.get("parameters")
    version.licence = version.licence or str(facts.get("licence") or "")[:200]
    version.save(update_fields=["facts", "architecture", "parameters", "licence", "manifest_digest", "size"])
    run.end(run_rules.SUCCEEDED, result={"manifest_digest": version.manifest_digest, "facts": facts})
    record(action="version.files", obj=version, by=WORKER, data={"manifest_digest": version.manifest_digest})


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
    return _tuning_finish(run, _files_stored(folder), storage.put_path(held_out).digest, facts, result)


@transaction.atomic
def _tuning_finish(
    run: TuningRun, files: list[ModelFile], held_out_digest: str, facts: dict[str, Any], result: dict[str, Any]
) -> ModelVersion:
    version = _version_create(
        by=run.created_by,
        model=run.output_model,
        licence=run.base_version.licence,
        relation="finetune",
        architecture=str(facts.get("architecture", ""))[:120],
        parameters=facts.get("parameters"),
        facts=facts,
        description=f"Tuned from {run.base_version} on {run.dataset_version}",
    )
    _files_add(version, files)
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


@transaction.atomic
def version_propose(*, by: User, version: ModelVersion) -> ModelVersion:
    """Make a draft a candidate: it now waits for its checklist and a sign-off."""
    require(by, "version.propose", version.team_id, shared=version.model)
    return _stage_change(version, rules.CANDIDATE, by=by, action="version.propose")


@transaction.atomic
def version_approve(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Approve the version's present files. Called by checklist's sign-off only, which holds the gate."""
    require(by, "assessment.decide", version.team_id, shared=version.model)
    return _stage_change(version, rules.APPROVED, by=by, action="version.approve", reason=reason)


@transaction.atomic
def version_reject(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Reject the version, from a refused sign-off or because an approval is taken back."""
    require(by, "assessment.decide", version.team_id, shared=version.model)
    return _stage_change(version, rules.REJECTED, by=by, action="version.reject", reason=reason)


@transaction.atomic
def version_retire(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Take a version out of use for good."""
    require(by, "version.retire", version.team_id, shared=version.model)
    return _stage_change(version, rules.RETIRED, by=by, action="version.retire", reason=reason)


def _stage_change(version: ModelVersion, to: str, *, by: User, action: str, reason: str = "") -> ModelVersion:
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    before = version.stage
    if not rules.may_move(before, to):
        raise Conflict(
            f"{version} is {before}; it cannot become {to}.",
            code="version.stage",
            remedy=f"From {before} it can become {', '.join(sorted(rules.MOVES[before])) or 'nothing else'}.",
        )
    if to in {rules.APPROVED, rules.REJECTED, rules.RETIRED} and not reason.strip():
        raise Invalid("A reason is needed; it is kept in the trail.", code="reason.missing")
    version.stage = to
    if to == rules.APPROVED:
        version.approved_digest = version.manifest_digest
        version.approved_at = timezone.now()
    version.save(update_fields=["stage", "approved_digest", "approved_at"])
    data = {"from": before, "to": to, "manifest_digest": version.manifest_digest}
    record(action=action, obj=version, by=by, reason=reason, data=data)
    return version
