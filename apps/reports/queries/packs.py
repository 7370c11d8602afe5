"""Documents and packs that were made, and who may see which."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.text import slugify

from apps.accounts.queries import may, team_ids_seen_by
from apps.core.errors import Conflict, NotFound, Refused
from apps.core.rules import SUCCEEDED
from apps.registry.models import ModelVersion
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import FORMS, Kind, kind_formats, kinds
from apps.reports.rules.documents.chosen import Chosen, chosen_from
from apps.reports.rules.documents.period import read_period
from apps.reports.rules.documents.spec import AUDIT_PACK

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
    """Documents and packs of the person's teams, newest first."""
    runs = ReportRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("version__model", "team", "created_by", "snapshot")


def reports_listed_for(user: "User | AnonymousUser", wanted: dict[str, str]) -> QuerySet[ReportRun]:
    """The list of documents; `wanted` may name `document`, `kind` of subject, `state`, and `q` in a subject's name."""
    rows = reports_seen_by(user).defer("log")
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


def titled(reports: Iterable[ReportRun], user: "User | AnonymousUser | None" = None) -> list[Titled]:
    """These documents in words, in their order; with `user`, of each only the files that this person may have."""
    known = {kind.slug: kind for kind in kinds()}
    return [
        _titled(report, known.get(report.document), user is None or may_have_files(user, report)) for report in reports
    ]


def may_have_files(user: "User | AnonymousUser", report: ReportRun) -> bool:
    """Whether the person may have a document's files. Audit packs of former days, made from no snapshot, quote rows of
    evaluation data word for word: they are for those who may read raw data.
    """
    is_former = report.document == AUDIT_PACK and report.snapshot_id is None and report.state == SUCCEEDED
    return not is_former or may(user, "dataset.read_raw", report.team_id)


def _titled(report: ReportRun, kind: Kind | None, has_files: bool) -> Titled:
    period = read_period(report.config.get("period"))
    edition = _edition(kind, report.audience, report.is_simplified, str(period or ""))
    forms = [(form, FORMS[form]) for form in report.digests] if has_files else []
    return Titled(report, kind.title if kind else report.document, edition, forms)


def _edition(kind: Kind | None, audience: str, is_simplified: bool, period: str = "") -> str:
    """For whom, how long and about which days, in words; empty for the whole document for everybody."""
    for_whom = kind.audience_title(audience) if kind else audience
    return ", ".join(part for part in (for_whom, "simplified" if is_simplified else "", period) if part)


@dataclass(frozen=True)
class PackedDocument:
    """A document that lies in a finished pack: how it stands there, and the pages of its PDF."""

    chosen: Chosen
    title: str
    edition: str
    standing: dict[str, Any]
    pages: int | None


def packed_documents(report: ReportRun) -> list[PackedDocument]:
    """What lies in a pack, in its order; nothing for packs of former days, which held one report."""
    known = {kind.slug: kind for kind in kinds()}
    return [_packed(told, known.get(told["document"])) for told in (report.result or {}).get("documents", [])]


def _packed(told: dict[str, Any], kind: Kind | None) -> PackedDocument:
    chosen = chosen_from(told)
    edition = _edition(kind, chosen.audience, chosen.is_simplified)
    return PackedDocument(chosen, kind.title if kind else chosen.document, edition, told, told["pages"])


def reports_of(version: ModelVersion) -> QuerySet[ReportRun]:
    """All documents and packs about one version, newest first."""
    return ReportRun.objects.filter(version=version).select_related("version__model", "created_by")


def report_seen(user: "User | AnonymousUser", pk: int) -> ReportRun:
    """One document or pack. Raises NotFound when it is not there or not to be seen."""
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


def pack_file_for(user: "User | AnonymousUser", report: ReportRun, form: str) -> PackFile:
    """One file of a document that the person sees. Raises as `pack_file` does, and Refused for a pack that quotes rows
    which they may not read.
    """
    if not may_have_files(user, report):
        raise Refused(
            "This pack quotes rows of evaluation data, and your roles do not include reading raw data.",
            code="report.quotes_rows",
            remedy="Make a new audit pack: it quotes none.",
        )
    return pack_file(report, form)


def pack_file(report: ReportRun, form: str) -> PackFile:
    """One file of a finished document or audit pack. Raises NotFound for a form that it does not have, and Conflict
    while it is not ready."""
    digest = report.digests.get(form, "")
    if form not in kind_formats(report.document) or (report.state == SUCCEEDED and not digest):
        raise NotFound("This document has no such file.")
    if not digest:
        raise Conflict("This document is not ready.", code="report.not_ready", remedy="Wait until its run is done.")
    name = slugify(f"{report.subject_label} {report.document} {report.audience} {report.pk}")
    return PackFile(digest, f"{name}.{form}", CONTENT_TYPES[form])
