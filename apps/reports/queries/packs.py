"""Audit packs that were made, who may see which, and checking one that somebody brings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.db.models import QuerySet
from django.utils.text import slugify

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.rules import SUCCEEDED
from apps.registry.models import ModelVersion
from apps.reports.models import ReportRun
from apps.reports.rules.verify_pack import Unreadable, Verdict, verify

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


CONTENT_TYPES = {"pdf": "application/pdf", "zip": "application/zip", "json": "application/json"}


@dataclass(frozen=True)
class PackCheck:
    """What the check of a pack found, and the report it is when it was made here and the person may see it."""

    verdict: Verdict
    report: ReportRun | None


def reports_seen_by(user: "User | AnonymousUser") -> QuerySet[ReportRun]:
    """Audit packs of the person's teams, newest first."""
    runs = ReportRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("version__model", "team", "created_by")


def reports_of(version: ModelVersion) -> QuerySet[ReportRun]:
    """All audit packs of one version, newest first."""
    return ReportRun.objects.filter(version=version).select_related("version__model", "created_by")


def report_seen(user: "User | AnonymousUser", pk: int) -> ReportRun:
    """One audit pack. Raises NotFound when it is not there or not to be seen."""
    found = reports_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such object, or you may not see it.")
    return found


@dataclass(frozen=True)
class PackFile:
    """One of a pack's files for a download."""

    digest: str
    filename: str
    content_type: str


def pack_file(report: ReportRun, form: str) -> PackFile:
    """The `pdf`, `zip` or `json` of a finished audit pack. Raises Conflict while it is not ready."""
    if form not in CONTENT_TYPES:
        raise NotFound("An audit pack has no such file.")
    digest = {"pdf": report.pdf_digest, "zip": report.zip_digest, "json": report.json_digest}[form]
    if not digest:
        raise Conflict("This audit pack is not ready.", code="report.not_ready", remedy="Wait until its run is done.")
    name = slugify(f"{report.version} audit pack {report.pk}")
    return PackFile(digest, f"{name}.{form}", CONTENT_TYPES[form])


def pack_check(user: "User | AnonymousUser", stream: BinaryIO, *, expected: str = "") -> PackCheck:
    """Check an uploaded archive with the very code that is in every pack. Raises Invalid for what is no archive.

    An intact pack says only that its files fit its manifest; that this portal made it is known when `report` is set.
    """
    try:
        verdict = verify(stream, expected)
    except Unreadable as error:
        raise Invalid(f"This file cannot be checked: {error}.", code="pack.unreadable") from error
    made = reports_seen_by(user).filter(state=SUCCEEDED, result__manifest_digest=verdict.manifest_digest)
    return PackCheck(verdict, made.first() if verdict.manifest_digest else None)
