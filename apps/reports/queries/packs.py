"""Documents and packs that were made, and who may see which."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.text import slugify

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import Conflict, NotFound
from apps.registry.models import ModelVersion
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import FORMS, Kind, kind_formats, kinds

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


CONTENT_TYPES = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def reports_seen_by(user: "User | AnonymousUser") -> QuerySet[ReportRun]:
    """Audit packs of the person's teams, newest first."""
    runs = ReportRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("version__model", "team", "created_by", "snapshot")


def reports_listed_for(user: "User | AnonymousUser", wanted: dict[str, str]) -> QuerySet[ReportRun]:
    """The list of documents; `wanted` may name `document`, `kind` of subject, `state`, and `q` in a subject's name."""
    rows = reports_seen_by(user).defer("log", "config")
    fields = {"document": "document", "kind": "subject_kind", "state": "state", "q": "subject_label__icontains"}
    return rows.filter(**{field: wanted[name] for name, field in fields.items() if wanted.get(name)})


@dataclass(frozen=True)
class Titled:
    """A document in words: what it is, for whom, and the forms in which it can be had."""

    report: ReportRun
    title: str
    edition: str
    forms: list[tuple[str, str]]

    @property
    def share(self) -> float | None:
        """How many of its points are settled, 0 to 1; None where that is not known."""
        standing = (self.report.result or {}).get("standing")
        return standing["share"] if standing else None


def titled(reports: Iterable[ReportRun]) -> list[Titled]:
    """These documents in words, in their order."""
    known = {kind.slug: kind for kind in kinds()}
    return [_titled(report, known.get(report.document)) for report in reports]


def _titled(report: ReportRun, kind: Kind | None) -> Titled:
    for_whom = kind.audience_title(report.audience) if kind else report.audience
    edition = "simplified" if report.is_simplified else for_whom
    forms = [(form, FORMS[form]) for form in digests_of(report)]
    return Titled(report, kind.title if kind else report.document, edition, forms)


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


def digests_of(report: ReportRun) -> dict[str, str]:
    """The SHA-256 of each file that there is, by its form: of a pack in its columns, of a document in its list."""
    own = {"pdf": report.pdf_digest, "zip": report.zip_digest, "json": report.json_digest}
    listed = {file["form"]: file["digest"] for file in report.files}
    return {form: digest for form, digest in (own | listed).items() if digest}


def pack_files(report: ReportRun) -> list[dict[str, Any]]:
    """Every file that there is: form, SHA-256, size in bytes and pages, the last two None where they are not known."""
    listed = {file["form"]: file for file in report.files}
    known = {"pdf": {"pages": report.pages}, "zip": {"size": report.zip_size}}
    empty: dict[str, Any] = {"size": None, "pages": None}
    return [
        listed.get(form) or empty | {"form": form, "digest": digest} | known.get(form, {})
        for form, digest in digests_of(report).items()
    ]


def pack_file(report: ReportRun, form: str) -> PackFile:
    """One file of a finished document or audit pack. Raises NotFound for a form that it never has, and Conflict while
    it is not ready."""
    if form not in kind_formats(report.document):
        raise NotFound("This document has no such file.")
    digest = digests_of(report).get(form, "")
    if not digest:
        raise Conflict("This document is not ready.", code="report.not_ready", remedy="Wait until its run is done.")
    name = slugify(f"{report.subject_label} {report.document} {report.audience} {report.pk}")
    return PackFile(digest, f"{name}.{form}", CONTENT_TYPES[form])
