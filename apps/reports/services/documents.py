"""Making a document: asked for by a person, made by a worker from a snapshot and from nothing else."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import WORKER, record
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.registry.models import ModelVersion
from apps.reports.models import ReportRun, Snapshot
from apps.reports.queries.kinds import FORMS, Kind, kind_named
from apps.reports.queries.snapshots import snapshot_bytes, snapshot_facts
from apps.reports.queries.subjects import Subject, is_of_small_provider
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.chosen import Chosen
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.period import Period, read_period
from apps.reports.rules.documents.spec import AUDIT_PACK, PDF, SUBJECTS, VERSION, DocumentSpec
from apps.reports.rules.documents.standing import standing
from apps.reports.rules.pack import page_count
from apps.reports.services.snapshots import Frozen, OnProgress, about, frozen_now, snapshot_take

Render = Callable[[Document, datetime], bytes]


class Sign(Protocol):
    """`apps.reports.services.signing.sign_pdf`."""

    def __call__(self, content: bytes, *, reason: str, signed_at: datetime) -> bytes: ...


@dataclass(frozen=True)
class Press:
    """What turns a document into files: one renderer for each format, and the signature that PDFs get."""

    renderers: Mapping[str, Render]
    sign: Sign

    def file(self, document: Document, form: str) -> bytes:
        """The document in one format; a PDF is signed with the organisation's key at the time of making."""
        at = datetime.fromisoformat(document.made_at)
        made = self.renderers[form](document, at)
        return self.sign(made, reason=f"Issued: {document.title}", signed_at=at) if form == PDF else made


@dataclass(frozen=True)
class Made:
    """A finished document before it is stored: how it stands, and the bytes of each of its formats."""

    standing: dict[str, Any]
    files: dict[str, bytes]
    seconds: dict[str, float]


@transaction.atomic
def document_start(
    *,
    by: User,
    document: str,
    subject: Subject | None = None,
    snapshot: Snapshot | None = None,
    audience: str = "",
    is_simplified: bool = False,
    documents: Sequence[Chosen] | None = None,
    period: Period | None = None,
) -> ReportRun:
    """Queue a document: of a thing as it is at present, or from a snapshot, whatever became of the thing since. Of an
    audit pack, `documents` are those in it; None for every edition of every document about the thing. `period` is for
    kinds that speak of one; without it they speak of the last cycle of monitoring.

    Raises NotFound for a kind that there is not, Invalid for one that cannot be about this or has no such edition, and
    Conflict while the same is being made.
    """
    named = _subject_fields(subject, snapshot)
    require(by, "report.create", named["team_id"])
    edition = Chosen(document, audience, is_simplified)
    config = _config(edition, documents)
    _check_editions([edition, *(documents or ())], named["subject_kind"], subject, snapshot)
    if period is not None:
        _check_period(kind_named(document), period, snapshot)
        config["period"] = period.as_json
    in_turn(named["team_id"])
    same = {name: named[name] for name in ("subject_kind", "subject_id")} | edition.as_json | {"snapshot": snapshot}
    waiting = ReportRun.objects.filter(**same, state__in=run_rules.OPEN).values_list("config", flat=True)
    if any(one.get("period") == config.get("period") for one in waiting):
        raise Conflict("This document is being made already.", code="report.open", remedy="Wait until it is ready.")
    version = _version_of(named)
    run = ReportRun.objects.create(**named | same, version=version, config=config, created_by=by)
    record(action="document.start", obj=run, by=by, data=told_of(run) | config)
    enqueue(run)
    return run


def _subject_fields(subject: Subject | None, snapshot: Snapshot | None) -> dict[str, Any]:
    """What the document is about. Raises Invalid unless it is named in exactly one way."""
    if snapshot is not None and subject is None:
        names = ("team_id", "subject_kind", "subject_id", "subject_label")
        return {name: getattr(snapshot, name) for name in names}
    if subject is not None and snapshot is None:
        return about(subject)
    raise Invalid("Name either what the document is about, or the snapshot to make it from.", code="document.subject")


def _config(edition: Chosen, documents: Sequence[Chosen] | None) -> dict[str, Any]:
    """What the run keeps of the choice of a pack's documents; Invalid for one that cannot be."""
    if documents is None:
        return {}
    if edition.document != AUDIT_PACK:
        raise Invalid("Only an audit pack is made of chosen documents.", code="pack.documents")
    if not documents:
        raise Invalid("Choose at least one document for the pack.", code="pack.documents")
    if any(one.document == AUDIT_PACK for one in documents):
        raise Invalid("An audit pack holds no other pack.", code="pack.documents")
    return {"documents": [one.as_json for one in sorted(set(documents))]}


def _check_editions(
    editions: Sequence[Chosen], subject_kind: str, subject: Subject | None, snapshot: Snapshot | None
) -> None:
    for one in editions:
        kind = kind_named(one.document)
        _check_kind(kind, subject_kind, one.audience)
        if one.is_simplified:
            _check_simplified(kind, one.audience)
    if any(one.is_simplified for one in editions):
        _check_small(subject, snapshot)


def _check_kind(kind: Kind, subject_kind: str, audience: str) -> None:
    if subject_kind not in kind.subjects:
        words = " or ".join(SUBJECTS[one] for one in kind.subjects)
        raise Invalid(f"“{kind.title}” cannot be about this. It is about: {words}.", code="document.subject")
    if audience and audience not in {one.id for one in kind.audiences}:
        raise Invalid(f"“{kind.title}” has no edition for “{audience}”.", code="document.audience")


def _check_simplified(kind: Kind, audience: str) -> None:
    if not kind.has_simplified:
        raise Invalid(f"“{kind.title}” has no simplified edition.", code="document.simplified")
    if audience:
        raise Invalid("The simplified edition is one for everybody, not for one audience.", code="document.simplified")


def _check_small(subject: Subject | None, snapshot: Snapshot | None) -> None:
    is_small = is_of_small_provider(subject) if subject is not None else False
    if snapshot is not None:
        is_small = snapshot_facts(snapshot).is_of_small_provider
    if not is_small:
        raise Invalid(
            "Only small providers may hand in the simplified edition.",
            code="document.simplified",
            remedy="If you are one, say so in the record of the AI system.",
        )


def _check_period(kind: Kind, period: Period, snapshot: Snapshot | None) -> None:
    """A snapshot knows nothing of later days, and the present nothing of tomorrow."""
    if not kind.has_period:
        raise Invalid(f"“{kind.title}” speaks of no period.", code="document.period")
    end = snapshot.taken_at if snapshot else timezone.now()
    if period.last > end.astimezone(UTC).date():
        when = f"the snapshot, which was taken on {end:%Y-%m-%d}" if snapshot else "today"
        raise Invalid(
            f"The period ends on {period.last}, after {when}.",
            code="document.period",
            remedy="Let it end on that day or before; days are counted in UTC.",
        )


def _version_of(named: dict[str, Any]) -> ModelVersion | None:
    """The model version that it is about, for the list of its documents."""
    is_version = named["subject_kind"] == VERSION
    return ModelVersion.objects.filter(pk=named["subject_id"]).first() if is_version else None


def told_of(run: ReportRun) -> dict[str, Any]:
    """What the trail is told of a document that is asked for."""
    names = ("document", "subject_kind", "subject_id", "audience", "is_simplified")
    period = {"period": run.config["period"]} if "period" in run.config else {}
    return {name: getattr(run, name) for name in names} | {"snapshot": run.snapshot_id} | period


def document_make(*, run: ReportRun, press: Press, on_progress: OnProgress) -> None:
    """Make a claimed run's document in all its formats. The press comes with the task, because what sets and signs a
    PDF is not for the portal's process.
    """
    kind = kind_named(run.document)
    assert kind.spec is not None  # packs have a way of their own
    on_progress(0.0, "Reading the record")
    facts = Facts(json.loads(snapshot_for(run)))
    on_progress(0.4, "Filling the points")
    document = document_of(run, facts, kind.spec, Chosen(run.document, run.audience, run.is_simplified))
    files: dict[str, bytes] = {}
    seconds: dict[str, float] = {}
    for place, form in enumerate(kind.formats):
        on_progress(0.45 + 0.5 * place / len(kind.formats), f"Setting the {FORMS[form]} file")
        began = time.monotonic()
        files[form] = press.file(document, form)
        seconds[form] = round(time.monotonic() - began, 3)
    document_finish(run=run, made=Made(standing(kind.spec, document, facts), files, seconds))


def snapshot_for(run: ReportRun) -> bytes:
    """The JSON that a document is made from: that of its snapshot, which is taken now where none was chosen."""
    if run.snapshot is not None:
        return snapshot_bytes(run.snapshot)
    frozen = frozen_now(run, f"For the document of run {run.pk}")
    document_snapshot(run=run, frozen=frozen)
    return frozen.content


@transaction.atomic
def document_snapshot(*, run: ReportRun, frozen: Frozen) -> None:
    """Keep the snapshot that was taken for a document: a repeated attempt makes the very same document."""
    run.snapshot = snapshot_take(run=run, frozen=frozen, label="")
    run.save(update_fields=["snapshot"])


def document_of(run: ReportRun, facts: Facts, spec: DocumentSpec, chosen: Chosen) -> Document:
    """An edition of a document as a run makes it, before it is set."""
    assert run.snapshot is not None
    return assemble(
        spec,
        facts,
        audience=chosen.audience,
        simplified=chosen.is_simplified,
        period=read_period(run.config.get("period")),
        made_at=made_at_of(run).isoformat(),
        snapshot_digest=run.snapshot.digest,
    )


def made_at_of(run: ReportRun) -> datetime:
    """When a document counts as made: when it was asked for, or when its snapshot was taken, whichever came later. So
    a second attempt makes the same bytes.
    """
    assert run.snapshot is not None
    return max(run.created_at, run.snapshot.taken_at)


@transaction.atomic
def document_finish(*, run: ReportRun, made: Made) -> None:
    """Store each file by its digest, and put the digests into the trail."""
    files = [stored_file(form, data) for form, data in made.files.items()]
    digests = {file["form"]: file["digest"] for file in files}
    assert run.snapshot is not None
    told = {"files": digests, "snapshot_digest": run.snapshot.digest, "kind_digest": _digest_of_kind(run.document)}
    run.end(
        run_rules.SUCCEEDED,
        files=files,
        result=told | {"standing": made.standing, "seconds": made.seconds},
        message="Document ready",
    )
    record(action="document.finish", obj=run, by=WORKER, data=told_of(run) | told)


def _digest_of_kind(slug: str) -> str:
    """The SHA-256 of the file that describes this kind of document."""
    spec = kind_named(slug).spec
    return spec.digest if spec else ""


def stored_file(form: str, data: bytes) -> dict[str, Any]:
    """Store one file of a document: form, SHA-256, size in bytes, and the pages of a PDF."""
    stored = storage.put(BytesIO(data))
    pages = page_count(data) if form == PDF else None
    return {"form": form, "digest": stored.digest, "size": stored.size, "pages": pages}
