"""Snapshots, documents and packs, made at once and without a press, for tests that are not about setting pages."""

from apps.accounts.models import User
from apps.core.rules import SUCCEEDED
from apps.reports.models import ReportRun, Snapshot
from apps.reports.queries.subjects import Subject
from apps.reports.rendering.data import document_json
from apps.reports.rules.documents.chosen import Chosen
from apps.reports.rules.documents.spec import AUDIT_PACK, FORMATS, PDF
from apps.reports.services import Press, document_make, document_start, pack_make, snapshot_make, snapshot_start
from apps.reports.services.signing import sign_pdf
from tests.reports.sealing import plain_pdf
from tests.reports.world import claimed

VERSION_CARD = "model-card"
QUICK = {form: lambda document, made_at, form=form: form.encode() + document_json(document) for form in FORMATS}
PRESS = Press(QUICK, lambda content, reason, signed_at: content + f" signed {signed_at:%Y}".encode())
# Nothing is packed but signed PDFs: here all of them are the same page.
PACK_PRESS = Press(QUICK | {PDF: lambda document, made_at: plain_pdf()}, sign_pdf)
CARD = (Chosen(VERSION_CARD),)


def frozen(subject: Subject, by: User, label: str = "Before the audit") -> Snapshot:
    """A snapshot as a worker takes it."""
    run = claimed(snapshot_start(by=by, subject=subject, label=label, reason="The auditors come"))
    snapshot_make(run=run, on_progress=lambda share, message: None)
    assert run.state == SUCCEEDED and run.snapshot is not None
    return run.snapshot


def make(run: ReportRun) -> ReportRun:
    """The finished document of a queued run, its files as JSON whatever they are called."""
    mine = claimed(run)
    document_make(run=mine, press=PRESS, on_progress=lambda share, message: None)
    return ReportRun.objects.get(pk=run.pk)


def pack_asked(subject: Subject, by: User, documents: tuple[Chosen, ...] | None = CARD) -> ReportRun:
    """A queued audit pack, of the model card where nothing else is said."""
    return document_start(by=by, subject=subject, document=AUDIT_PACK, documents=documents)


def make_pack(run: ReportRun) -> ReportRun:
    """The finished pack of a queued run; its PDFs are signed and all show one page."""
    mine = claimed(run)
    pack_make(run=mine, press=PACK_PRESS, on_progress=lambda share, message: None)
    return ReportRun.objects.get(pk=run.pk)
