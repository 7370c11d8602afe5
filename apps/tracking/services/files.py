"""Files of runs and logged models: stored by digest as they come, never held in memory."""

from typing import BinaryIO

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core import storage
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid, NotFound
from apps.tracking.models import LoggedModel, TrackedFile, TrackingRun
from apps.tracking.queries.files import files_of, holder_seen, rows_at
from apps.tracking.rules.places import Place, path_checked
from apps.tracking.services.holding import require_free_of_holds


def tracked_file_store(*, by: User, place: Place, stream: BinaryIO, expect_size: int | None = None) -> TrackedFile:
    """Store a file under its path, in the place of one that was there. With `expect_size` (bytes), half a file that a
    broken connection left is refused.

    Raises Invalid for a path or a length that is wrong, Conflict where a folder has the path, NotFound for no such
    run, StorageFull where there is no room.
    """
    holder = holder_seen(by, place)
    require(by, "tracking.log", holder.team_id)
    if not place.path:
        raise Invalid("Invalid path: a file needs a name.", code="path.invalid")
    path = path_checked(place.path)
    stored = storage.put(stream)
    if expect_size is not None and stored.size != expect_size:
        raise Invalid(
            f"Only {stored.size} of {expect_size} bytes of “{path[-100:]}” arrived; nothing was kept.",
            code="upload.half",
            remedy="Send the file again.",
        )
    return _tracked_file_put(by, holder, path, stored)


@transaction.atomic
def _tracked_file_put(by: User, holder: TrackingRun | LoggedModel, path: str, stored: storage.Stored) -> TrackedFile:
    """One row a path; who changes files of one holder at the same time does so in turn."""
    type(holder)._default_manager.select_for_update(no_key=True).get(pk=holder.pk)
    require_free_of_holds(holder)
    above = [path.rsplit("/", count)[0] for count in range(1, path.count("/") + 1)]
    is_folder = any(row.path != path for row in rows_at(holder, path))
    if is_folder or files_of(holder).filter(path__in=above).exists():
        raise Conflict(f"“{path[-100:]}” is a folder here, or lies below a file.", code="path.folder")
    fields = {"run": holder} if isinstance(holder, TrackingRun) else {"logged_model": holder}
    row, _ = TrackedFile.objects.update_or_create(
        path=path,
        **fields,
        defaults={"digest": stored.digest, "size": stored.size, "created_by": by},
        create_defaults={
            "digest": stored.digest,
            "size": stored.size,
            "created_by": by,
            "team_id": holder.team_id,
        },
    )
    return row


@transaction.atomic
def tracked_files_remove(*, by: User, place: Place) -> int:
    """Take a file, or a folder with all in it, off a run or logged model. Versions made from it keep theirs.

    Returns how many. Raises NotFound where there is nothing.
    """
    holder = holder_seen(by, place)
    require(by, "tracking.log", holder.team_id)
    rows = rows_at(holder, place.path)
    if not rows:
        raise NotFound(f"There is no file “{place.path[-100:]}” here.", code="file.unknown")
    require_free_of_holds(holder)
    TrackedFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    files = digest_of({row.path: row.digest for row in rows})
    record(action="tracked_file.remove", obj=holder, by=by, data={"count": len(rows), "files": files})
    return len(rows)
