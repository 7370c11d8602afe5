"""Versions whose files people send: opened empty, filled file by file in pieces, sealed under one digest."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import SYSTEM, record
from apps.catalog.models import DatasetVersion
from apps.core import arrivals, arriving, storage
from apps.core.errors import Conflict, DomainError, Refused
from apps.incidents.services import require_free
from apps.registry.models import LineageLink, ModelFile, ModelUpload, ModelVersion, RegisteredModel
from apps.registry.queries.uploads import uploads_of
from apps.registry.rules import RETIRED, TRAINED_ON, UPLOADED
from apps.registry.rules.facts import from_config
from apps.registry.services.making import files_add, version_number_next
from apps.registry.services.records import facts_apply
from apps.tracking.rules.places import path_checked

MOST_FILES = 10_000  # of one version
MOST_CONFIG = 1_000_000  # bytes of a config.json that is read for its facts


@transaction.atomic
def version_open(
    *,
    by: User,
    model: RegisteredModel,
    description: str = "",
    licence: str = "",
    trained_on: Iterable[DatasetVersion] = (),
) -> ModelVersion:
    """Make the model's next version without files: they are uploaded one by one, then `version_seal` closes it."""
    require(by, "version.create", model.team_id, shared=model)
    version = version_number_next(by=by, model=model, source=UPLOADED, description=description, licence=licence)
    for data in trained_on:
        require(by, "team.view", data.team_id, shared=data.dataset)
        LineageLink.objects.create(version=version, relation=TRAINED_ON, dataset_version=data)
    record(action="version.open", obj=version, by=by)
    return version


@transaction.atomic
def file_upload_start(
    *, by: User, version: ModelVersion, path: str, size: int, expect_digest: str = "", metadata: str = ""
) -> ModelUpload:
    """Make room for one file of an open version. Raises TooLarge, StorageFull, Invalid for a path that leaves the
    version, Conflict when a file of this path has been sent or the version is sealed.
    """
    require(by, "version.create", version.team_id, shared=version.model)
    path = path_checked(path)
    arriving.require_bound(size)
    in_turn(version.team_id)
    arriving.require_share(version.team_id, size)
    version = _open_version(version)
    sent = uploads_of(version)
    if sent.filter(path=path).exists():
        raise Conflict(
            f"“{path}” is being sent to this version already, or is there.",
            code="upload.path",
            remedy="Go on with that upload, or give it up first.",
        )
    if sent.count() >= MOST_FILES:
        raise Conflict(f"A version has at most {MOST_FILES} files.", code="upload.files")
    upload = ModelUpload.objects.create(
        team_id=version.team_id,
        version=version,
        path=path,
        size=size,
        expect_digest=expect_digest.lower(),
        metadata=metadata,
        created_by=by,
    )
    record(action="file_upload.start", obj=upload, by=by, data={"version": version.pk, "size": size})
    arrivals.begin(upload.arrival, size)
    if size == 0:
        _keep(by, upload)
    return upload


def file_upload_append(
    *,
    by: User,
    upload: ModelUpload,
    offset: int,
    length: int,
    blocks: Iterable[bytes],
    checksum: arrivals.Checksum | None = None,
) -> ModelUpload:
    """Write a piece; the last one stores the file under its digest. Raises what `arriving.receive` raises, and
    Conflict (`digest.differs`) when the whole file is not the one that was announced: it is then given up.
    """
    _require_own(by, upload)
    try:
        arriving.receive(upload, offset=offset, length=length, blocks=blocks, checksum=checksum)
    finally:
        _note_arrival(upload)
    if upload.is_whole:
        _keep(by, upload)
    return upload


def file_send(
    *, by: User, version: ModelVersion, path: str, size: int, blocks: Iterable[bytes], expect_digest: str = ""
) -> ModelUpload:
    """Send a whole file at once, as forms do. Nothing of it stays when it is refused on the way."""
    upload = file_upload_start(by=by, version=version, path=path, size=size, expect_digest=expect_digest)
    if upload.ended_at is not None:
        return upload
    try:
        return file_upload_append(by=by, upload=upload, offset=0, length=size, blocks=blocks)
    except DomainError:
        if upload.ended_at is None:
            file_upload_cancel(by=by, upload=upload)
        raise


@transaction.atomic
def _note_arrival(upload: ModelUpload) -> None:
    arriving.note_arrival(upload)  # the trail is told when the file is stored


def _keep(by: User, upload: ModelUpload) -> None:
    """Store a whole file; outside of transactions, for gigabytes take their time."""
    try:
        with arrivals.held(upload.arrival) as path, storage.open_binary(path) as stream:
            stored = storage.put(stream, expect=upload.expect_digest)
    except Conflict:
        _end(by, upload, action="file_upload.refuse")
        raise
    _end(by, upload, action="file_upload.store", digest=stored.digest)


@transaction.atomic
def _end(by: User | str, upload: ModelUpload, *, action: str, digest: str = "") -> None:
    upload.ended_at, upload.digest = timezone.now(), digest
    upload.save(update_fields=["ended_at", "digest"])
    record(action=action, obj=upload, by=by, data={"version": upload.version_id, "digest": digest})
    transaction.on_commit(lambda: arrivals.remove(upload.arrival))


@transaction.atomic
def file_upload_cancel(*, by: User, upload: ModelUpload) -> None:
    """Give a file up, one's own or a colleague's, whether it is still coming or there, until the version is sealed."""
    require(by, "version.create", upload.team_id)
    _open_version(upload.version)
    upload = ModelUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.ended_at is not None and not upload.digest:
        raise Conflict("This upload has ended.", code="upload.ended")
    _end(by, upload, action="file_upload.cancel")


@transaction.atomic
def version_seal(*, by: User, version: ModelVersion) -> ModelVersion:
    """Close an open version: its files and their digest stand from now on, and those that may run code are held.

    Raises Conflict while a file is still on its way, or when none has come.
    """
    require(by, "version.create", version.team_id, shared=version.model)
    version = _open_version(version)
    sent = list(uploads_of(version).order_by("path"))
    coming = [upload.path for upload in sent if not upload.digest]
    if coming:
        raise Conflict(
            f"{len(coming)} of {len(sent)} files have not arrived whole, such as “{coming[0]}”.",
            code="version.incomplete",
            remedy="Send the rest, or give those uploads up.",
        )
    if not sent:
        raise Conflict("This version has no files yet.", code="version.empty", remedy="Upload its files first.")
    files = [ModelFile(path=upload.path, digest=upload.digest, size=upload.size) for upload in sent]
    filled = facts_apply(version, _facts(files))
    files_add(version, files)
    version.updated_at = timezone.now()
    version.save(update_fields=[*filled, "manifest_digest", "size", "updated_at"])
    data = {"manifest_digest": version.manifest_digest, "files": len(files)}
    record(action="version.seal", obj=version, by=by, data=data)
    return version


def _facts(files: list[ModelFile]) -> dict[str, Any]:
    """What config.json says, where there is one that can be read."""
    config = next((file for file in files if file.path == "config.json" and file.size <= MOST_CONFIG), None)
    if config is None:
        return {}
    with storage.open(config.digest) as stream:
        try:
            found = json.loads(stream.read())
        except (ValueError, RecursionError):
            return {}
    return from_config(found) if isinstance(found, dict) else {}


def file_uploads_sweep() -> int:
    """Give up files that nobody has gone on with for UPLOAD_DAYS. Returns how many."""
    return sum(_expire(upload) for upload in arriving.expired(ModelUpload))


@transaction.atomic
def _expire(upload: ModelUpload) -> bool:
    upload = ModelUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.ended_at is not None:
        return False
    _end(SYSTEM, upload, action="file_upload.expire")
    return True


def _open_version(version: ModelVersion) -> ModelVersion:
    """The version as it is now, held until the transaction ends. Raises Conflict once it is sealed or retired."""
    held = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if not held.takes_files or held.stage == RETIRED:
        raise Conflict(
            f"{held} takes no more files.",
            code="version.sealed",
            remedy="Files of a version never change: open the next version for others.",
        )
    require_free(held)
    return held


def _require_own(by: User, upload: ModelUpload) -> None:
    require(by, "version.create", upload.team_id)
    if upload.created_by_id != by.pk:
        raise Refused("Only the person who began this upload goes on with it.", remedy="Begin one of your own.")
    if upload.ended_at is not None:
        raise Conflict("This upload has ended.", code="upload.ended")
