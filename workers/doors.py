"""What every door does before and after its engine: a scratch folder, the model's files, the rows, the settings."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.audit.services import WORKER
from apps.catalog.models import DatasetVersion
from apps.catalog.services.integrity import rows_break
from apps.core import storage, tables
from apps.core.errors import Conflict, NotFound
from apps.core.models import Run
from apps.jobs.services.folders import work_folder
from apps.registry.models import ModelFile, ModelVersion
from apps.registry.queries import refuse_unsafe
from apps.registry.queries.safety import FILE_LIST, manifest_found
from apps.registry.services import digest_break, version_break

__all__ = [
    "checked_path", "energy_country", "engine_settings", "model_folder", "rows_file", "threads", "work_folder",
]  # fmt: skip


def model_folder(version: ModelVersion, folder: Path, *, is_loaded: bool = True) -> Path:
    """Lay a version's files out in `folder`. Raises Conflict when a stored file no longer has its digest: then the
    version is out of use from here on, and an incident is open.

    `is_loaded` False: the files are only read as bytes, which may be done with files in quarantine too. Raises Refused
    for those otherwise.
    """
    if is_loaded:
        refuse_unsafe(version)
    _check_list(version)
    for file in version.files.all():
        stored = _trusted_path(version, file)
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        _link_or_copy(stored, target)
    return folder


def _check_list(version: ModelVersion) -> None:
    """Raise Conflict when the list of files is not the one that the version's digest was taken over."""
    found = manifest_found(version)
    if found == version.manifest_digest:
        return
    version_break(version=version, path=FILE_LIST, digest=version.manifest_digest, found=found, by=WORKER)
    raise Conflict(
        f"The list of files of {version} was changed after it was registered.",
        code="storage.tampered",
        remedy="Register the version again from a trusted source.",
    )


def _trusted_path(version: ModelVersion, file: ModelFile) -> Path:
    try:
        return checked_path(file.digest, f"{file.path} of {version}")
    except (Conflict, NotFound):
        # Asked of the storage itself: what this machine has of it may be a copy that was spoilt here.
        if (found := storage.digest_found(file.digest)) != file.digest:
            digest_break(digest=file.digest, found=found, by=WORKER)
        raise


def checked_path(digest: str, name: str) -> Path:
    """Where the stored bytes lie. Raises Conflict when they no longer have their digest: what is measured or learned
    from them would be ascribed to other bytes.
    """
    stored = storage.local_path(digest)
    if storage.digest_of_file(stored) != digest:
        raise Conflict(
            f"The stored file {name} was changed after it was registered.",
            code="storage.tampered",
            remedy="Register the version again from a trusted source.",
        )
    return stored


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)


def rows_file(version: DatasetVersion, folder: Path) -> Path:
    """The version's rows as JSON Lines, whatever format they came in."""
    try:
        stored = checked_path(version.digest, str(version))
    except (Conflict, NotFound):
        rows_break(version=version)
        raise
    if version.format == "jsonl":
        return stored
    path = folder / "rows.jsonl"
    with path.open("w", encoding="utf-8") as target:
        for row in tables.iter_rows(stored, version.format):
            target.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return path


def engine_settings(run: Run) -> dict[str, Any]:
    """What a person chose for this run; JSON has lists where a frozen configuration has tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in run.config.items()}


def energy_country() -> dict[str, Any]:
    """Whose electricity is counted with: what the operator stated, or the engine's assumption, marked as one."""
    if not settings.ENERGY_COUNTRY:
        return {}
    return {"country_iso_code": settings.ENERGY_COUNTRY, "country_assumed": False}


def threads() -> dict[str, Any]:
    """The engine's thread setting, where the installation names one; otherwise as many as there are cores."""
    return {"threads": settings.TORCH_THREADS or os.cpu_count() or 1}
