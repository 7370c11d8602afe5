"""Stored files that no longer have their digest: found when they are loaded, on demand, and by an endless sweep."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import SYSTEM, WORKER, record
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.incidents.queries import open_incidents_of
from apps.incidents.rules import ALTERED, CRITICAL
from apps.incidents.services import incident_close, incident_open, require_free
from apps.registry.models import FileCheckRun, ModelFile, ModelVersion, VersionSignature
from apps.registry.queries.safety import FILE_LIST, manifest_found, versions_to_check
from apps.registry.rules.safety import altered_words

MOST_VERSIONS = 10_000  # in one sweep
MOST_SECONDS = 600.0


@transaction.atomic
def version_break(*, version: ModelVersion, path: str, digest: str, found: str = "", by: str = SYSTEM) -> ModelVersion:
    """Take a version out of use because a stored file no longer has its digest, and open an incident.

    `found` is the digest that the bytes have now, empty where they cannot be read. Called again for the same version
    it adds the file to the incident.
    """
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if version.broken_at is None:
        version.broken_at = timezone.now()
        version.save(update_fields=["broken_at"])
        record(action="version.break", obj=version, by=by, data={"file": path, "digest": digest, "found": found})
    incident_open(
        by=by,
        team=version.team_id,
        kind=ALTERED,
        severity=CRITICAL,
        title=f"A stored file of {version} was altered",
        subject=version,
        details={"files": [{"path": path, "digest": digest, "found": found}]},
    )
    return version


def digest_break(*, digest: str, found: str = "", by: str = SYSTEM) -> list[ModelVersion]:
    """Take every version out of use that holds the altered file: equal files are stored once."""
    files = ModelFile.objects.filter(digest=digest, version__deleted_at=None).select_related("version")
    rows = files.order_by("version_id")
    return [version_break(version=file.version, path=file.path, digest=digest, found=found, by=by) for file in rows]


@transaction.atomic
def version_check_start(*, by: User, version: ModelVersion) -> FileCheckRun:
    """Have a version's stored files read against their digests now. Raises Conflict when it has none, or is at it."""
    require(by, "version.check", version.team_id, shared=version.model)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if not version.manifest_digest:
        raise Conflict(f"{version} has no files yet.", code="version.no_files")
    if FileCheckRun.objects.filter(version=version, state__in=run_rules.OPEN).exists():
        raise Conflict("These files are being checked already.", code="file_check.open")
    run = FileCheckRun.objects.create(
        team_id=version.team_id, version=version, manifest_digest=version.manifest_digest, created_by=by
    )
    record(action="file_check.start", obj=run, by=by, data={"manifest_digest": run.manifest_digest})
    enqueue(run)
    return run


@transaction.atomic
def version_check_finish(*, run: FileCheckRun, altered: list[dict[str, str]], signatures: dict[int, str]) -> None:
    """Keep what a check found. `altered` names files by path, digest and what was found instead; `signatures` says of
    each signature why it does not hold, empty if it does.
    """
    for file in altered:
        if not digest_break(digest=file["digest"], found=file["found"], by=WORKER):
            version_break(version=run.version, by=WORKER, **file)  # it is the list of files
    now = timezone.now()
    if not altered:
        ModelVersion.objects.filter(pk=run.version_id, manifest_digest=run.manifest_digest).update(checked_at=now)
    for pk, problem in signatures.items():
        verified = {} if problem else {"verified_at": now}
        VersionSignature.objects.filter(pk=pk).update(problem=problem[:300], **verified)
    found: dict[str, Any] = {
        "altered_files": len(altered),
        "signatures_that_hold": sum(not problem for problem in signatures.values()),
        "altered": altered,
        "signatures": {str(pk): why for pk, why in signatures.items()},
    }
    run.end(run_rules.SUCCEEDED, result=found, message=altered_words(altered))
    record(action="file_check.finish", obj=run, by=WORKER, data={"altered": [file["path"] for file in altered]})


@transaction.atomic
def version_mend(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Say that the files of a version with an altered file are right again; closes its incident.

    Raises Conflict unless a check has found every file intact since. Approval and stage stay what they were: the
    bytes are those that were approved.
    """
    require(by, "version.release", version.team_id, shared=version.model)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if not reason.strip():
        raise Invalid("Say what happened and how it was put right.", code="reason.missing")
    require_free(version)
    if version.broken_at is None:
        raise Conflict(f"No stored file of {version} is known to be altered.", code="version.intact")
    if version.checked_at is None or version.checked_at < version.broken_at:
        raise Conflict(
            f"The files of {version} have not been found intact since.",
            code="version.unchecked",
            remedy="Bring the file back from a copy you trust, and let the files be checked first.",
        )
    version.broken_at = None
    version.save(update_fields=["broken_at"])
    record(action="version.mend", obj=version, by=by, reason=reason.strip())
    for incident in open_incidents_of(version).filter(kind=ALTERED):
        incident_close(by=by, incident=incident, resolution=reason)
    return version


def files_sweep() -> int:
    """Read stored files of the versions that have waited longest for it; returns how many versions were read.

    One sweep stops after FILE_CHECK_BYTES or ten minutes, at the end of a version. Each version is noted as
    soon as it was read, so that the next sweep goes on where this one ended, was killed or was overtaken.
    """
    started, left, seen, count = time.monotonic(), settings.FILE_CHECK_BYTES, dict[str, str](), 0
    due = versions_to_check(timezone.now() - timedelta(days=settings.FILE_CHECK_DAYS))
    for pk in list(due.values_list("pk", flat=True)[:MOST_VERSIONS]):
        left -= _read(ModelVersion.objects.get(pk=pk), seen)
        count += 1
        if left <= 0 or time.monotonic() - started > MOST_SECONDS:
            break
    return count


def _read(version: ModelVersion, seen: dict[str, str]) -> int:
    """Read one version's files, each content once a sweep; returns the bytes that were read."""
    began, size, listed = timezone.now(), 0, manifest_found(version)
    is_intact = listed == version.manifest_digest
    if not is_intact:
        version_break(version=version, path=FILE_LIST, digest=version.manifest_digest, found=listed)
    for file in ModelFile.objects.filter(version=version):
        if file.digest not in seen:
            seen[file.digest] = storage.digest_found(file.digest)
            size += file.size
            if seen[file.digest] != file.digest:
                digest_break(digest=file.digest, found=seen[file.digest])
        is_intact &= seen[file.digest] == file.digest
    if is_intact:
        _checked(version, began)
    return size


def _checked(version: ModelVersion, at: Any) -> None:
    """Note when the files were found intact: a reading, as its own table of times, not an event for the trail."""
    ModelVersion.objects.filter(pk=version.pk, manifest_digest=version.manifest_digest).update(checked_at=at)
