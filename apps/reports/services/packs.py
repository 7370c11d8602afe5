"""Making an audit pack: documents about one thing from one snapshot, with all that is needed to rely on nobody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.reports.models import ReportRun
from apps.reports.queries.kinds import FORMS, ZIP, kind_named, kinds_about
from apps.reports.rules.documents.chosen import Chosen, chosen_from
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.spec import AUDIT_REPORT, JSON, PDF, DocumentSpec
from apps.reports.rules.documents.standing import standing
from apps.reports.rules.pack import Archive, page_count, sha256
from apps.reports.services.documents import Press, document_of, made_at_of, snapshot_for, stored_file, told_of
from apps.reports.services.packing import pack_documents
from apps.reports.services.snapshots import OnProgress

REPORT = f"{Chosen(AUDIT_REPORT).stem}.{PDF}"  # the PDF that can be had beside the pack
TOLD = ("total", "filled", "partly", "not_applicable", "missing", "share")
FIRST, LAST = 0.1, 0.92  # the part of the work that is making documents


@dataclass(frozen=True)
class Packed:
    """A finished pack before it is stored: the archive, the files of its documents by name, and how each stands."""

    archive: Archive
    files: Mapping[str, bytes]
    documents: list[dict[str, Any]]


def pack_make(*, run: ReportRun, press: Press, on_progress: OnProgress) -> None:
    """Make a claimed run's pack. Raises as `pack_documents` does."""
    on_progress(0.0, "Reading the record")
    content = snapshot_for(run)
    facts = Facts(json.loads(content))
    chosen = _chosen(run, facts)
    files: dict[str, bytes] = {}
    told: list[dict[str, Any]] = []
    for place, one in enumerate(chosen):
        spec, document = _document(run, facts, one)
        begins, width = FIRST + (LAST - FIRST) * place / len(chosen), (LAST - FIRST) / len(chosen)
        for number, form in enumerate(spec.formats):
            on_progress(begins + width * number / len(spec.formats), f"{document.title}: {FORMS[form]}")
            files[f"{one.stem}.{form}"] = press.file(document, form)
        found = standing(spec, document, facts)
        pages = page_count(files[f"{one.stem}.{PDF}"]) if PDF in spec.formats else None
        told.append(one.as_json | {name: found[name] for name in TOLD} | {"pages": pages})
    on_progress(LAST, "Sealing")
    titles = {one.stem: title_of_edition(one) for one in chosen}
    made = pack_documents(snapshot=content, documents=files, made_at=made_at_of(run), titles=titles)
    pack_finish(run=run, packed=Packed(made, files, told))


def _chosen(run: ReportRun, facts: Facts) -> list[Chosen]:
    """What goes into a run's pack: what was asked for, else every edition of every document about it."""
    if listed := run.config.get("documents"):
        return [chosen_from(one) for one in listed]
    specs = [kind.spec for kind in kinds_about(run.subject_kind) if kind.spec is not None]
    return [
        Chosen(spec.slug, *edition) for spec in specs for edition in spec.editions(is_small=facts.is_of_small_provider)
    ]


def _document(run: ReportRun, facts: Facts, chosen: Chosen) -> tuple[DocumentSpec, Document]:
    spec = kind_named(chosen.document).spec
    assert spec is not None  # no pack lies in a pack
    return spec, document_of(run, facts, spec, chosen)


def title_of_edition(chosen: Chosen) -> str:
    """What an edition of a document is called, and for whom it is."""
    kind = kind_named(chosen.document)
    edition = "simplified, for small providers" if chosen.is_simplified else kind.audience_title(chosen.audience)
    return f"{kind.title} ({edition})" if edition else kind.title


@transaction.atomic
def pack_finish(*, run: ReportRun, packed: Packed) -> None:
    """Store a pack by its digest, beside it the audit report and the record, and put the digests into the trail."""
    assert run.snapshot is not None
    record_file = {"form": JSON, "digest": run.snapshot.digest, "size": run.snapshot.size, "pages": None}
    files = [record_file, stored_file(ZIP, packed.archive.data)]
    if REPORT in packed.files:
        files.insert(0, stored_file(PDF, packed.files[REPORT]))
    told = {
        "files": {file["form"]: file["digest"] for file in files},
        "manifest_digest": packed.archive.manifest_digest,
        "snapshot_digest": run.snapshot.digest,
    }
    # By these, a PDF is recognised that somebody took out of the pack.
    pdfs = {sha256(data): name for name, data in packed.files.items() if name.endswith(f".{PDF}")}
    run.end(
        run_rules.SUCCEEDED,
        files=files,
        result=told | {"documents": packed.documents, "pdfs": pdfs},
        message="Audit pack ready",
    )
    record(action="pack.finish", obj=run, by=WORKER, data=told_of(run) | told)
