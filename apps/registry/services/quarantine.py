"""Files that may run code when they are loaded: held at the door, scanned, let through by a named person or refused."""

from collections.abc import Iterator

from apps.audit.services import SYSTEM, record
from apps.core import storage
from apps.core.queue import enqueue
from apps.registry.models import FileScanRun, HeldFile, ModelFile, ModelVersion
from apps.registry.rules import RELEASED
from apps.registry.rules.formats import HEAD_BYTES, executable_format


def quarantine_files(version: ModelVersion, files: list[ModelFile]) -> list[HeldFile]:
    """Hold every file of the version whose format can run code, and have the held ones scanned.

    A step of the services that give a version its files. A file that was released for this version and came back
    unchanged stays released. Returns the files that are held now; `version.held_files` counts them.
    """
    known = {(held.path, held.digest): held for held in HeldFile.objects.filter(version=version)}
    found = [known.get((file.path, file.digest)) or _held(version, file, name) for file, name in _executable(files)]
    fresh = [held for held in found if held._state.adding]
    HeldFile.objects.bulk_create(fresh)
    waiting = [held for held in found if held.state != RELEASED]
    version.held_files = len(waiting)
    ModelVersion.objects.filter(pk=version.pk).update(held_files=version.held_files)
    if fresh:
        record(
            action="version.hold", obj=version, by=SYSTEM, data={"files": {held.path: held.format for held in fresh}}
        )
        _scan(version)
    return waiting


def _executable(files: list[ModelFile]) -> Iterator[tuple[ModelFile, str]]:
    """The files that can run code, each with the name of its format, told by their first bytes."""
    for file in files:
        with storage.open(file.digest) as stream:
            name = executable_format(file.path, stream.read(HEAD_BYTES), file.size)
        if name:
            yield file, name


def _held(version: ModelVersion, file: ModelFile, name: str) -> HeldFile:
    return HeldFile(team_id=version.team_id, version=version, path=file.path, digest=file.digest, format=name)


def _scan(version: ModelVersion) -> None:
    run = FileScanRun.objects.create(
        team_id=version.team_id,
        version=version,
        manifest_digest=version.manifest_digest,
        created_by_id=version.created_by_id,
    )
    enqueue(run)
