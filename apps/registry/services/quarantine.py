"""Files that may run code when they are loaded: held at the door, scanned, let through by a named person or refused."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import SYSTEM, WORKER, record
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, DomainError, Invalid, Refused
from apps.core.queue import enqueue
from apps.incidents.services import require_free
from apps.registry.models import FileScanRun, HeldFile, ModelFile, ModelVersion
from apps.registry.queries.safety import brought_by, held_files_of
from apps.registry.rules import REFUSED, RELEASED
from apps.registry.rules.formats import HEAD_BYTES, executable_format
from apps.registry.rules.safety import decision_problem, worst


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
        formats = {held.path: held.format for held in fresh}
        record(action="version.hold", obj=version, by=SYSTEM, data={"files": formats})
        _scan(version, by=version.created_by)
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


def _scan(version: ModelVersion, *, by: User) -> FileScanRun:
    run = FileScanRun.objects.create(
        team_id=version.team_id, version=version, manifest_digest=version.manifest_digest, created_by=by
    )
    enqueue(run)
    return run


@transaction.atomic
def file_scan_start(*, by: User, version: ModelVersion) -> FileScanRun:
    """Look once more for code hidden in a version's held files. Raises Conflict when it has none, or is at it."""
    require(by, "scan.start", version.team_id, shared=version.model)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if not held_files_of(version).exists():
        raise Conflict(
            f"No file of {version} can run code when it is loaded, so there is nothing to scan.",
            code="file_scan.nothing",
        )
    if FileScanRun.objects.filter(version=version, state__in=run_rules.OPEN).exists():
        raise Conflict("These files are being scanned already.", code="file_scan.open")
    run = _scan(version, by=by)
    record(action="file_scan.start", obj=run, by=by, data={"manifest_digest": run.manifest_digest})
    return run


@transaction.atomic
def file_scan_finish(*, run: FileScanRun, files: dict[str, list[dict[str, str]]], result: dict[str, Any]) -> None:
    """Put what a scanner found beside each held file: `files` maps a digest to findings (severity, what, where).

    Nothing is released by it: a clean scan says that the scanner knows of nothing, and a person decides.
    """
    found = {}
    for held in HeldFile.objects.filter(version_id=run.version_id, digest__in=list(files)):
        held.findings, held.scan = files[held.digest], run
        held.severity = found[held.path] = worst(finding["severity"] for finding in held.findings)
        held.save(update_fields=["findings", "severity", "scan"])
    run.end(run_rules.SUCCEEDED, result=result | {"files": found, "worst": worst(found.values())})
    record(action="file_scan.finish", obj=run, by=WORKER, data={"files": found})


@transaction.atomic
def held_file_release(*, by: User, held: HeldFile, reason: str) -> HeldFile:
    """Let a held file through, in one's own name. Raises Refused for a file that one brought oneself.

    Raises Conflict while it is being scanned, for an altered version, and for a file that is through already.
    """
    return _decide(held, RELEASED, by=by, action="held_file.release", reason=reason)


@transaction.atomic
def held_file_refuse(*, by: User, held: HeldFile, reason: str) -> HeldFile:
    """Keep a file out for good, or take a release back: the version cannot be approved or deployed with it."""
    return _decide(held, REFUSED, by=by, action="held_file.refuse", reason=reason)


def _decide(held: HeldFile, state: str, *, by: User, action: str, reason: str) -> HeldFile:
    require(by, "version.release", held.team_id)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=held.version_id)
    held = HeldFile.objects.select_for_update(of=("self",)).select_related("version").get(pk=held.pk)
    _check_decision(held, version, state, by, reason)
    if state == RELEASED:  # keeping a file out protects people, whatever is held
        require_free(version)
    held.state, held.decided_by, held.decided_at, held.reason = state, by, timezone.now(), reason.strip()
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    version.held_files = held_files_of(version).exclude(state=RELEASED).count()
    version.save(update_fields=["held_files"])
    data = {"file": held.path, "digest": held.digest, "severity": held.severity, "still_held": version.held_files}
    record(action=action, obj=version, by=by, reason=held.reason, data=data)
    return held


def _check_decision(held: HeldFile, version: ModelVersion, state: str, by: User, reason: str) -> None:
    code, sentence, remedy = decision_problem(is_own=by.pk in brought_by(held), reason=reason)
    if code:
        kind: type[DomainError] = Invalid if code == "reason.missing" else Refused
        raise kind(sentence, code=code, remedy=remedy)
    if held.state == state:
        raise Conflict(f"This file is {held.get_state_display().lower()} already.", code="quarantine.state")
    if not held_files_of(version).filter(pk=held.pk).exists():
        raise Conflict(f"{version} no longer has this file.", code="quarantine.gone")
    if state == RELEASED and FileScanRun.objects.filter(version=version, state__in=run_rules.OPEN).exists():
        raise Conflict(
            "The file is being scanned. Decide when it is known what is in it.",
            code="quarantine.being_scanned",
            remedy="Wait for the scan to end, or cancel it on its page.",
        )
