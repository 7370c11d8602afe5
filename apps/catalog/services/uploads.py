"""Files that arrive in pieces, and what they become once they are whole."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import SYSTEM, record
from apps.catalog.models import CommitRun, Dataset, DatasetVersion, Upload
from apps.catalog.rules import MAIN, metadata_of
from apps.catalog.services.commits import dataset_version_commit
from apps.core import arrivals, tables
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid, Refused
from apps.core.formatting import file_size
from apps.core.queue import enqueue

LEFT_BEHIND = timedelta(days=1)


class TooLarge(Invalid):
    """More bytes than are accepted (RFC 9110, 15.5.14)."""

    status = 413
    default_code = "upload.too_large"


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
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(f"Files are accepted up to {settings.UPLOAD_MAX_BYTES} bytes.")
    _require_share(dataset.team_id, size)
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


def _require_share(team_id: int, size: int) -> None:
    """Each team may hold so much of the disk with files that are no version yet: what was announced counts."""
    most = settings.UPLOAD_TEAM_BYTES
    in_turn(team_id)
    held: int = Upload.objects.filter(team_id=team_id, ended_at=None).aggregate(held=Sum("size"))["held"] or 0
    if most and held + size > most:
        raise Conflict(
            f"The open uploads of this team come to {file_size(held)}; with this file of {file_size(size)} they would "
            f"be more than the {file_size(most)} that a team may hold.",
            code="upload.team_share",
            remedy="Finish or give up other uploads first.",
        )


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
    if offset + length > upload.size:
        raise TooLarge(f"This file was announced with {upload.size} bytes; the piece would go beyond.")
    try:
        if length or arrivals.length(upload.arrival) != offset:  # a whole file may be held by its commit: never wait
            arrivals.append(upload.arrival, offset, blocks, checksum=checksum)
    finally:
        _note_arrival(by, upload)
    return upload


@transaction.atomic
def _note_arrival(by: User, upload: Upload) -> None:
    """Put into the row what the file says; the trail is told once, when the file is whole."""
    was_whole = upload.is_whole
    upload.offset, upload.touched_at = arrivals.length(upload.arrival), timezone.now()
    upload.save(update_fields=["offset", "touched_at"])
    if upload.is_whole and not was_whole:
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
    """Queue the commit of a whole upload. The run's config holds what `dataset_version_commit` is to be given."""
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
    arriving files. Returns how many of both."""
    limit = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    expired = sum(_expire(upload) for upload in Upload.objects.filter(ended_at=None, touched_at__lt=limit)[:1_000])
    kept = {upload.arrival for upload in Upload.objects.filter(ended_at=None).only("pk").iterator(500)}
    return expired + arrivals.sweep(timezone.now() - LEFT_BEHIND, kept)


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
