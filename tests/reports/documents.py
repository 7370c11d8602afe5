"""Snapshots and documents, made at once and without a press, for tests that are not about setting pages."""

from apps.accounts.models import User
from apps.core.rules import SUCCEEDED
from apps.reports.models import ReportRun, Snapshot
from apps.reports.queries.subjects import Subject
from apps.reports.rendering.data import document_json
from apps.reports.rules.documents.spec import FORMATS
from apps.reports.services import Press, document_make, snapshot_make, snapshot_start
from tests.reports.world import claimed

VERSION_CARD = "model-card"
QUICK = {form: lambda document, made_at, form=form: form.encode() + document_json(document) for form in FORMATS}
PRESS = Press(QUICK, lambda content, reason, signed_at: content + f" signed {signed_at:%Y}".encode())


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
