"""Reading what is held, what was found in it, which signatures and checks a version has, and who may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.accounts.queries import team_ids_seen_by, team_ids_where
from apps.core.errors import Conflict, NotFound, Refused
from apps.registry.models import (
    FileCheckRun,
    FileScanRun,
    HeldFile,
    ModelFile,
    ModelUpload,
    ModelVersion,
    SigningRun,
    VersionSignature,
)
from apps.registry.rules import HELD, RELEASED, manifest_digest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

R = TypeVar("R", FileCheckRun, FileScanRun, SigningRun)
MISSING = "There is no such object, or you may not see it."
FILE_LIST = "the list of its files"  # stands where a path would


def _present() -> Exists:
    """Whether the version still has the file as it was held."""
    same = ModelFile.objects.filter(version=OuterRef("version"), path=OuterRef("path"), digest=OuterRef("digest"))
    return Exists(same)


def held_files_seen_by(user: "User | AnonymousUser") -> QuerySet[HeldFile]:
    """Every file of the person's teams that was held and that its version still has, newest first."""
    rows = HeldFile.objects.filter(_present(), team_id__in=team_ids_seen_by(user), version__deleted_at=None)
    return rows.select_related("version__model", "version__created_by", "team", "decided_by", "scan")


def held_file_seen(user: "User | AnonymousUser", pk: int) -> HeldFile:
    """One held file. Raises NotFound when it is not there or not to be seen."""
    found = held_files_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def held_files_of(version: ModelVersion) -> QuerySet[HeldFile]:
    """The held files that the version has now, released ones among them, by path."""
    rows = HeldFile.objects.filter(_present(), version=version)
    return rows.select_related("decided_by", "scan").order_by("path")


def waiting_for(user: "User | AnonymousUser") -> QuerySet[HeldFile]:
    """Held files that wait for this person's decision: of teams where they may release, and brought by others."""
    rows = held_files_seen_by(user).filter(state=HELD, team_id__in=team_ids_where(user, "version.release"))
    return rows.exclude(version__created_by_id=user.pk)


def brought_by(held: HeldFile) -> set[int]:
    """The ids of those who brought the file: who made the version, and who uploaded the file into it."""
    uploads = ModelUpload.objects.filter(version_id=held.version_id, path=held.path)
    return {held.version.created_by_id, *uploads.values_list("created_by_id", flat=True)}


def refuse_unsafe(version: ModelVersion, path: str = "") -> None:
    """Raise Refused for files in quarantine, Conflict for a version with an altered file.

    With `path` only this one file counts: the rest of a version whose weights are held can be read. Whoever hands out
    or loads files of a version asks this first.
    """
    if version.broken_at is not None:
        raise Conflict(
            f"A stored file of {version} was altered, so nothing of it is handed out.",
            code="version.broken",
            remedy="Bring the file back from a copy you trust and let the files be checked.",
        )
    if not version.held_files:
        return
    waiting = held_files_of(version).exclude(state=RELEASED)
    found = (waiting.filter(path=path) if path else waiting).first()
    if found is not None:
        raise Refused(
            f"{found.path} of {version} can run code when it is loaded ({found.format}), and is in quarantine.",
            code="file.held" if path else "version.held",
            remedy="Ask a compliance officer or an approver of the team to look at it on the page of the quarantine.",
        )


def file_scans_seen_by(user: "User | AnonymousUser") -> QuerySet[FileScanRun]:
    """Looks for hidden code in the files of the person's teams."""
    return _runs(FileScanRun.objects.all(), user)


def file_checks_seen_by(user: "User | AnonymousUser") -> QuerySet[FileCheckRun]:
    """Readings of stored files against their digests, of the person's teams."""
    return _runs(FileCheckRun.objects.all(), user)


def signings_seen_by(user: "User | AnonymousUser") -> QuerySet[SigningRun]:
    """Signings of versions of the person's teams."""
    return _runs(SigningRun.objects.all(), user)


def _runs(rows: QuerySet[R], user: "User | AnonymousUser") -> QuerySet[R]:
    return rows.filter(team_id__in=team_ids_seen_by(user)).select_related("version__model", "created_by")


def signatures_seen_by(user: "User | AnonymousUser") -> QuerySet[VersionSignature]:
    """Signatures over versions of the person's teams, newest first."""
    rows = VersionSignature.objects.filter(version__team_id__in=team_ids_seen_by(user))
    return rows.select_related("version__model", "created_by")


def signature_seen(user: "User | AnonymousUser", pk: int) -> VersionSignature:
    """One signature. Raises NotFound when it is not there or not to be seen."""
    found = signatures_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def signatures_in_force(version: ModelVersion) -> QuerySet[VersionSignature]:
    """Signatures over the files that the version has now, newest first."""
    rows = VersionSignature.objects.filter(version=version, manifest_digest=version.manifest_digest)
    return rows.select_related("created_by")


def versions_to_check(before: datetime) -> QuerySet[ModelVersion]:
    """Versions whose stored files nobody has read since `before`, those that were never read first."""
    rows = ModelVersion.objects.filter(Q(checked_at=None) | Q(checked_at__lt=before), deleted_at=None, broken_at=None)
    return rows.exclude(manifest_digest="").order_by(F("checked_at").asc(nulls_first=True), "pk")


def manifest_found(version: ModelVersion) -> str:
    """The digest over the files as they are listed now; it should be the version's manifest digest."""
    return manifest_digest(version.files.values_list("path", "digest", "size"))


@dataclass(frozen=True)
class Safety:
    """What is known about the safety of a version's files."""

    held: list[HeldFile]
    scan: FileScanRun | None
    check: FileCheckRun | None
    signing: SigningRun | None
    signatures: list[VersionSignature]


def safety_of(version: ModelVersion) -> Safety:
    """Held files, the newest run of each kind, and the signatures that hold for the present files: five queries."""
    return Safety(
        held=list(held_files_of(version)),
        scan=FileScanRun.objects.filter(version=version).first(),
        check=FileCheckRun.objects.filter(version=version).first(),
        signing=SigningRun.objects.filter(version=version).first(),
        signatures=list(signatures_in_force(version)),
    )
