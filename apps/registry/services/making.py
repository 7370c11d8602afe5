"""How every version comes to its number and its files, whichever way it was made."""

from datetime import datetime
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.core import storage
from apps.core.prepared import Prepared
from apps.core.statements import inserted, prepared_cursor
from apps.registry import rules
from apps.registry.models import ModelFile, ModelVersion, RegisteredModel
from apps.registry.queries.names import model_missing
from apps.registry.services.models import model_held
from apps.registry.services.quarantine import quarantine_files

_LAST = Prepared(
    lambda model: ModelVersion.objects.filter(model=model).order_by("-number").values_list("number")[:1], model=int
)

_TOUCH = "UPDATE registry_registeredmodel SET updated_at = %s WHERE id = %s AND deleted_at IS NULL"


def version_number_next(
    *, by: User, model: RegisteredModel, changed_at: datetime | None = None, **fields: Any
) -> ModelVersion:
    """The model's next version, without any permission asked or trail written: for the services that do both.

    `changed_at` is noted as the model's last change. Raises NotFound when somebody has deleted the model.
    """
    if changed_at is None:
        model_held(model)  # two imports at once get two numbers
    else:
        _model_touched(model, changed_at)
    last = _LAST.rows(model=model.pk)
    number = last[0][0] + 1 if last else 1
    return inserted(ModelVersion(model=model, team_id=model.team_id, number=number, created_by=by, **fields))


def _model_touched(model: RegisteredModel, at: datetime) -> None:
    """Note a change of the model, which holds it as well until the transaction ends."""
    with prepared_cursor() as cursor:
        cursor.execute(_TOUCH, [at, model.pk])
        if not cursor.rowcount:
            raise model_missing(model.name)


def files_stored(folder: Path) -> list[ModelFile]:
    """Every file of a folder, stored, as rows to be saved. Outside of transactions: gigabytes take their time, and
    nobody else may wait for them (on SQLite a transaction holds up every other write).
    """
    files = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        stored = storage.put_path(path)
        name = path.relative_to(folder).as_posix()
        files.append(ModelFile(path=name, digest=stored.digest, size=stored.size))
    return files


def files_add(version: ModelVersion, files: list[ModelFile]) -> None:
    """Make these the version's files, set its manifest digest, and hold those that may run code."""
    ModelFile.objects.filter(version=version).delete()
    for file in files:
        file.version = version
    ModelFile.objects.bulk_create(files)
    version.manifest_digest = rules.manifest_digest((file.path, file.digest, file.size) for file in files)
    version.size = sum(file.size for file in files)
    quarantine_files(version, files)
