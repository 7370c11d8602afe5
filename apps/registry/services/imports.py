"""Versions from folders and from the Hugging Face hub."""

from pathlib import Path
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import rules as run_rules
from apps.core.errors import Invalid
from apps.core.queue import enqueue
from apps.registry import rules
from apps.registry.models import ImportRun, LineageLink, ModelFile, ModelVersion, RegisteredModel
from apps.registry.services.making import files_add, files_stored, version_number_next
from apps.registry.services.records import facts_apply


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
    version = version_number_next(by=by, model=model, source=source.strip(), licence=licence, description=description)
    for dataset_version in trained_on or []:
        require(by, "team.view", dataset_version.team_id, shared=dataset_version.dataset)
        LineageLink.objects.create(version=version, relation=rules.TRAINED_ON, dataset_version=dataset_version)
    run = ImportRun.objects.create(
        team_id=model.team_id, version=version, created_by=by, config={"source": version.source}
    )
    record(action="version.import", obj=version, by=by, data={"source": version.source, "run": run.pk})
    enqueue(run)
    return run


def import_finish(*, run: ImportRun, folder: Path, facts: dict[str, Any]) -> None:
    """Store the checked files of an import and what was read from them."""
    _import_finish(run, files_stored(folder), facts)


@transaction.atomic
def _import_finish(run: ImportRun, files: list[ModelFile], facts: dict[str, Any]) -> None:
    # Read afresh and held: somebody may have proposed or retired the version while its files were on their way.
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=run.version_id)
    files_add(version, files)
    filled = facts_apply(version, facts)
    version.save(update_fields=[*filled, "manifest_digest", "size"])
    run.end(run_rules.SUCCEEDED, result={"manifest_digest": version.manifest_digest, "facts": facts})
    record(action="version.files", obj=version, by=WORKER, data={"manifest_digest": version.manifest_digest})
