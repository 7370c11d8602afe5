"""Making a sealed pack: every document about one thing from one snapshot, with all that is needed to rely on nobody."""

import json
from dataclasses import dataclass

from django.db import transaction

from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import ZIP, kinds_about
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.standing import standing
from apps.reports.rules.pack import Archive
from apps.reports.services.documents import Press, document_of, made_at_of, snapshot_for, stored_file, told_of
from apps.reports.services.packing import pack_documents
from apps.reports.services.snapshots import OnProgress


@dataclass(frozen=True)
class Sealed:
    """A finished pack before it is stored, with how many points of each of its documents are settled."""

    archive: Archive
    documents: dict[str, dict[str, int]]


def pack_make(*, run: ReportRun, press: Press, on_progress: OnProgress) -> None:
    """Make a claimed run's pack. Raises as `pack_documents` does."""
    on_progress(0.0, "Reading the record")
    content = snapshot_for(run)
    facts = Facts(json.loads(content))
    kinds = [kind for kind in kinds_about(run.subject_kind) if kind.spec is not None]
    files: dict[str, bytes] = {}
    told: dict[str, dict[str, int]] = {}
    for place, kind in enumerate(kinds):
        on_progress(0.1 + 0.8 * place / len(kinds), f"Making: {kind.title}")
        assert kind.spec is not None
        document = document_of(run, facts, kind.spec)
        files |= {f"{kind.slug}.{form}": press.file(document, form) for form in kind.formats}
        found = standing(kind.spec, document, facts)
        told[kind.slug] = {name: found[name] for name in ("total", "filled", "partly", "not_applicable", "missing")}
    on_progress(0.92, "Sealing")
    sealed = Sealed(pack_documents(snapshot=content, documents=files, made_at=made_at_of(run)), told)
    pack_finish(run=run, sealed=sealed)


@transaction.atomic
def pack_finish(*, run: ReportRun, sealed: Sealed) -> None:
    """Store a pack by its digest, and put the digests into the trail."""
    assert run.snapshot is not None
    file = stored_file(ZIP, sealed.archive.data)
    digests = {
        "zip_digest": file["digest"],
        "manifest_digest": sealed.archive.manifest_digest,
        "snapshot_digest": run.snapshot.digest,
    }
    result = digests | {"documents": sealed.documents}
    run.end(run_rules.SUCCEEDED, files=[file], result=result, message="Pack sealed")
    record(action="pack.finish", obj=run, by=WORKER, data=told_of(run) | digests)
