"""Files that arrive in pieces, and what they become once they are whole."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import SYSTEM, record
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion, Upload
from apps.catalog.rules import MAIN
from apps.catalog.services.commits import dataset_version_commit
from apps.catalog.services.licences import require_readable
from apps.core import arrivals, arriving, tables
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Refused
from apps.core.queue import enqueue
from apps.core.tus.headers import metadata_of

LEFT_BEHIND = timedelta(days=1)


@transaction.atomic
def upload_start(
    *, by: User, dataset: Dataset, filename: str, size: int, expect_digest: str = "", metadata: str = ""
) -> Upload:
    """Make room for a file of `size` bytes that will arrive in pieces. `metadata` is kept as it was sent.

    Raises TooLarge beyond UPLOAD_MAX_BYTES, Conflict when the open uploads of the team would come to more than
    UPLOAD_TEAM_BYTES, Invalid for a name that no table can have, StorageFull when the disk has less room than the file
    needs.
    """
    require(by, "dataset.upload", dataset.team_id, shared=dataset)
    arriving.require_bound(size)
    in_turn(dataset.team_id)
    arriving.require_share(dataset.team_id, size)
    upload = Upload.objects.create(
        team_id=dataset.team_id,
        dataset=dataset,
        filename=tables.clean_filename(filename),
        size=size,
        expect_digest=expect_digest.lower(),
        metadata=metadata,
        created_by=by,
    )
    record(action="upload.start", obj=upload, by=by, data={"dataset": dataset.pk, "size": size})
    arrivals.begin(upload.arrival, size)
    return upload


def upload_append(
    *,
    by: User,
    upload: Upload,
    offset: int,
    length: int,
    blocks: Iterable[bytes],
    checksum: arrivals.Checksum | None = None,
) -> Upload:
    """Write a piece of `length` bytes behind the first `offset`, block by block as it comes; see `arrivals.append`."""
    _require_own(by, upload)
    try:
        arriving.receive(upload, offset=offset, length=length, blocks=blocks, checksum=checksum)
    finally:
        _note_arrival(by, upload)
    return upload


@transaction.atomic
def _note_arrival(by: User, upload: Upload) -> None:
    """Put into the row what the file says; the trail is told once, when the file is whole."""
    if arriving.note_arrival(upload):
        record(action="upload.arrive", obj=upload, by=by, data={"size": upload.size})


@transaction.atomic
def upload_cancel(*, by: User, upload: Upload) -> None:
    """Give an upload up, one's own or another's of the team; what has arrived of it is removed."""
    require(by, "dataset.upload", upload.team_id)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    _require_open(upload)
    if _open_commit(upload) is not None:
        raise Conflict("This file is being committed.", code="upload.committing", remedy="Cancel that run first.")
    _end(upload)
    record(action="upload.cancel", obj=upload, by=by)


def upload_commit(
    *, by: User, dataset: Dataset, upload: Upload, branch: str = "", expect_digest: str = "", **said: Any
) -> DatasetVersion | CommitRun:
    """Make a version of a whole upload: at once up to COMMIT_INLINE_BYTES, by a run beyond.

    `said` is what else `dataset_version_commit` takes; branch, message and licence may have been said with the upload.
    Refusals leave the upload as it is, to be committed again.
    """
    told = metadata_of(upload.metadata)
    branch = branch or told.get("branch") or MAIN
    said = {name: told[name] for name in ("message", "licence") if told.get(name)} | said
    if upload.size > settings.COMMIT_INLINE_BYTES:
        return commit_start(by=by, dataset=dataset, upload=upload, branch=branch, expect_digest=expect_digest, **said)
    _require_whole(by, dataset, upload)
    with arrivals.held(upload.arrival) as path:  # two commits at once make one version
        version = dataset_version_commit(
            by=by,
            dataset=dataset,
            path=path,
            filename=upload.filename,
            branch=branch,
            expect_digest=expect_digest or upload.expect_digest,
            **said,
        )
        upload_finish(by=by, upload=upload, version=version)
    return version


@transaction.atomic
def commit_start(
    *,
    by: User,
    dataset: Dataset,
    upload: Upload,
    branch: str = MAIN,
    message: str = "",
    licence: str | None = None,
    provenance: dict[str, Any] | None = None,
    datasheet_file: str = "",
    shown: DatasetVersion | None = None,
    expect_digest: str = "",
) -> CommitRun:
    """Queue the commit of a whole upload. The run's config holds what `dataset_version_commit` is to be given.

    Raises Invalid for a licence that cannot be read, before anybody waits for a worker.
    """
    heads = Branch.objects.filter(dataset=dataset, name=branch).values_list("head__licence", flat=True)
    require_readable(licence, [*heads, *([shown.licence] if shown else [])])
    upload = Upload.objects.select_for_update().select_related("dataset").get(pk=upload.pk)
    _require_whole(by, dataset, upload)
    if _open_commit(upload) is not None:
        raise Conflict("This file is being committed already.", code="upload.committing")
    said = {
        "message": message[:300],
        "licence": licence,
        "provenance": provenance,
        "datasheet_file": datasheet_file,
        "shown": shown.pk if shown else None,
        "expect_digest": expect_digest or upload.expect_digest,
    }
    run = CommitRun.objects.create(
        team_id=dataset.team_id, dataset=dataset, branch=branch, upload=upload, config=said, created_by=by
    )
    record(action="commit.start", obj=run, by=by, data={"dataset": dataset.pk, "upload": str(upload.pk)})
    enqueue(run)
    return run


@transaction.atomic
def upload_finish(*, by: User, upload: Upload, version: DatasetVersion) -> None:
    """Note what an upload became, and remove what had arrived: its bytes are stored with the version."""
    upload.version = version
    _end(upload)
    record(action="upload.commit", obj=upload, by=by, data={"dataset_version": version.pk, "digest": version.digest})


def uploads_sweep() -> int:
    """Give up uploads that nobody has touched for UPLOAD_DAYS, and remove what interrupted work left among the
    arriving files of every kind. Returns how many of both."""
    expired = sum(_expire(upload) for upload in arriving.expired(Upload))
    return expired + arrivals.sweep(timezone.now() - LEFT_BEHIND, arriving.expected())


@transaction.atomic
def _expire(upload: Upload) -> bool:
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.ended_at is not None or _open_commit(upload) is not None:
        return False
    _end(upload)
    record(action="upload.expire", obj=upload, by=SYSTEM)
    return True


def _end(upload: Upload) -> None:
    upload.ended_at = timezone.now()
    upload.save(update_fields=["ended_at", "version"])
    transaction.on_commit(lambda: arrivals.remove(upload.arrival))


def _open_commit(upload: Upload) -> CommitRun | None:
    return CommitRun.objects.filter(upload=upload, state__in=run_rules.OPEN).first()


def _require_own(by: User, upload: Upload) -> None:
    require(by, "dataset.upload", upload.team_id)
    if upload.created_by_id != by.pk:
        raise Refused("Only the person who began this upload goes on with it.", remedy="Begin one of your own.")


def _require_open(upload: Upload) -> None:
    if upload.ended_at is not None:
        raise Conflict("This upload has ended.", code="upload.ended")


def _require_whole(by: User, dataset: Dataset, upload: Upload) -> None:
    _require_own(by, upload)
    _require_open(upload)
    if upload.dataset_id != dataset.pk:
        raise Conflict("This file was sent for another dataset.", code="upload.dataset")
    have = arrivals.length(upload.arrival)
    if have != upload.size:
        raise Conflict(
            f"{have} of {upload.size} bytes have arrived.", code="upload.incomplete", remedy="Send the rest first."
        )
