"""Every write about audit packs."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict
from apps.core.queue import enqueue
from apps.registry.models import ModelVersion
from apps.reports.models import ReportRun
from apps.reports.queries import snapshot
from apps.reports.queries.document import document_html
from apps.reports.rules.documents.spec import AUDIT_PACK, VERSION
from apps.reports.rules.pack import Archive, archive, pack_files, page_count, pretty_json, sha256
from apps.reports.services.packing import refuse_unsound

OnProgress = Callable[[float, str], None]


class Render(Protocol):
    """`apps.core.pdf.render_pdf`."""

    def __call__(self, html: str, *, base_url: str, identifier: str, created_at: datetime) -> bytes: ...


@dataclass(frozen=True)
class Rendered:
    """A finished pack before it is stored: the report, the record behind it, and both in their archive."""

    document: bytes
    snapshot: bytes
    archive: Archive
    pages: int
    render_seconds: float


@transaction.atomic
def report_start(*, by: User, version: ModelVersion) -> ReportRun:
    """Queue an audit pack of a version. Raises Conflict while another one of it is being made."""
    require(by, "report.create", version.team_id)
    if ReportRun.objects.filter(version=version, document=AUDIT_PACK, state__in=run_rules.OPEN).exists():
        raise Conflict(
            f"An audit pack of {version} is being made already.", code="report.open", remedy="Wait until it is ready."
        )
    run = ReportRun.objects.create(
        team_id=version.team_id,
        subject_kind=VERSION,
        subject_id=version.pk,
        subject_label=str(version),
        version=version,
        created_by=by,
    )
    record(action="report.start", obj=run, by=by, data={"version": version.pk})
    enqueue(run)
    return run


def report_make(*, run: ReportRun, render: Render, on_progress: OnProgress) -> None:
    """Make a claimed run's pack and store it. `render` turns HTML into a PDF; the task brings it, because the library
    behind it is not for the portal's process."""
    on_progress(0.0, "Reading the record")
    assert run.version is not None  # every pack is made of one
    at = timezone.now()
    content = pretty_json(snapshot(run.version, by=run.created_by, at=at))
    # Read back, so that the report is made from the very JSON that lies beside it and can be made from it again.
    facts, digest = json.loads(content), sha256(content)
    on_progress(0.3, "Setting the report")
    started = time.monotonic()
    html = document_html(facts, digest)
    document = render(html, base_url=settings.BASE_URL, identifier=digest, created_at=at)
    seconds = time.monotonic() - started
    on_progress(0.9, "Packing")
    packed = archive(pack_files(facts, document), subject=facts["subject"], generated_at=facts["generated_at"])
    refuse_unsound(packed)
    report_finish(run=run, rendered=Rendered(document, content, packed, page_count(document), seconds))


@transaction.atomic
def report_finish(*, run: ReportRun, rendered: Rendered) -> None:
    """Store PDF, JSON and ZIP by their digests, and put the digests into the trail."""
    document, content, packed = (
        storage.put(BytesIO(data)) for data in (rendered.document, rendered.snapshot, rendered.archive.data)
    )
    digests = {
        "zip_digest": packed.digest,
        "manifest_digest": rendered.archive.manifest_digest,
        "pdf_digest": document.digest,
        "json_digest": content.digest,
    }
    run.end(
        run_rules.SUCCEEDED,
        pdf_digest=document.digest,
        json_digest=content.digest,
        zip_digest=packed.digest,
        zip_size=packed.size,
        pages=rendered.pages,
        result=digests | {"pages": rendered.pages, "render_seconds": round(rendered.render_seconds, 3)},
        message="Audit pack ready",
    )
    record(action="report.finish", obj=run, by=WORKER, data=digests | {"version": run.version_id})
