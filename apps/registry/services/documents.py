"""Taking cards and bills of others over: read first, compared next, applied only as far as a person picked."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core import storage, tables
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.plain import plain_object, storable
from apps.incidents.services import require_free
from apps.registry.models import ModelVersion, VersionDocument, VersionMetric, VersionStatement
from apps.registry.queries.documents import Preview, cards_among, preview_of
from apps.registry.rules import DECLARED, IMPORTED, RETIRED, cards
from apps.registry.services.records import version_describe

_PLAIN = ("name", "value", "text", "task", "dataset", "split", "revision")


def document_import(*, by: User, version: ModelVersion, content: bytes, filename: str) -> VersionDocument:
    """Read a model card, a file of results or a CycloneDX bill and keep it; the record is not changed by that.

    Raises Invalid for a file that is none of these, is broken or too large.
    """
    require(by, "version.describe", version.team_id, shared=version.model)
    name = tables.clean_filename(filename)[:200]
    found = storable(cards.read(content, name).as_json())
    stored = storage.put(BytesIO(content))
    return _document_create(by=by, version=version, filename=name, digest=stored.digest, found=found)


def document_read_own(*, by: User, version: ModelVersion, path: str) -> VersionDocument:
    """Read a card, results or a bill that is among the version's own files. Raises NotFound for any other file."""
    require(by, "version.describe", version.team_id, shared=version.model)
    file = next((one for one in cards_among(version) if one.path == path), None)
    if file is None:
        raise NotFound("There is no such card among the files of this version.", code="document.own")
    with storage.open(file.digest) as stored:
        content = stored.read(cards.MOST_BYTES + 1)
    return document_import(by=by, version=version, content=content, filename=path.rsplit("/", 1)[-1])


@transaction.atomic
def _document_create(*, by: User, version: ModelVersion, found: dict[str, Any], **told: Any) -> VersionDocument:
    document = VersionDocument.objects.create(
        version=version,
        format=found["format"],
        found=found,
        missing=cards.missing_in(found),
        created_by=by,
        **told,
    )
    data = {"model_version": version.pk, "digest": document.digest, "format": document.format}
    record(action="document.import", obj=document, by=by, data=data)
    return document


@transaction.atomic
def document_apply(
    *,
    by: User,
    document: VersionDocument,
    take: Iterable[str] | None = None,
    keep: Iterable[str] = (),
    reason: str = "",
) -> VersionDocument:
    """Write the picked fields of a document into the version's record; figures become figures with their source.

    `take` names the fields to take over; without it all that the record says nothing about. `keep` names those where
    the record stays. Raises Conflict for fields on which file and record differ and that neither names, and for a
    retired version; Invalid for names that the file says nothing about.
    """
    version = _version_held(document.version_id)
    require(by, "version.describe", version.team_id, shared=version.model)
    _refuse_retired(version)
    require_free(version)
    document.version = version
    preview = preview_of(document)
    taken = [line.name for line in preview.news] if take is None else list(dict.fromkeys(take))
    _check_picked(preview, taken, list(keep))
    if not taken:
        raise Invalid("Nothing was picked, so nothing changes.", code="document.nothing")
    why = reason.strip() or f"Taken over from {document.filename}"
    if columns := _columns(document, taken):
        document.version = version = version_describe(by=by, version=version, reason=why, **columns)
    _statements_write(by, version, document, taken)
    if cards.FIGURES in taken:
        _figures_write(version, document, preview.new_figures)
    document.applied = sorted({*document.applied, *taken})
    document.applied_at = timezone.now()
    document.save(update_fields=["applied", "applied_at"])
    data = {"model_version": version.pk, "digest": document.digest, "fields": taken}
    record(action="document.apply", obj=document, by=by, reason=reason.strip(), data=data)
    return document


@transaction.atomic
def statement_make(*, by: User, version: ModelVersion, field: str, value: Any, reason: str) -> ModelVersion:
    """Say something of a version, in place of what was said before; a blank value takes it back.

    Raises Invalid for a field that is not among `cards.STATEMENTS`, for a value beyond bounds and without a reason.
    """
    require(by, "version.describe", version.team_id, shared=version.model)
    if field not in cards.STATEMENTS:
        raise Invalid(f"Nothing can be said under “{field[:60]}”.", code="statement.field")
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    plain_object({field: value}, "statement")
    version = _version_held(version.pk)
    _refuse_retired(version)
    require_free(version)
    before = version.statements.filter(field=field).first()
    told = {"field": field, "before": digest_of(before.value) if before else "", "after": digest_of(value)}
    if value in (None, "", [], {}):
        version.statements.filter(field=field).delete()
    else:
        _statement_write(by, version, field, value, status=DECLARED, document=None)
    record(action="version.state", obj=version, by=by, reason=reason.strip(), data=told)
    return version


def _version_held(pk: int) -> ModelVersion:
    return ModelVersion.objects.select_for_update(of=("self",)).select_related("model", "team").get(pk=pk)


def _refuse_retired(version: ModelVersion) -> None:
    if version.stage == RETIRED:
        raise Conflict(f"{version} is retired; what is on record of it stays as it is.", code="version.retired")


def _check_picked(preview: Preview, taken: list[str], kept: list[str]) -> None:
    offered = {line.name for line in preview.lines if line.can_be_taken}
    same = {line.name for line in preview.lines if line.state == cards.SAME}
    if strange := [name for name in taken if name not in offered | same]:
        raise Invalid(f"The file says nothing to take over about: {', '.join(strange)}.", code="document.field")
    if both := sorted({*taken} & {*kept}):
        raise Invalid(f"Picked both ways: {', '.join(both)}.", code="document.field")
    if left := cards.undecided(preview.lines, taken, kept):
        labels = ", ".join(cards.label_of(name) for name in left)
        raise Conflict(
            f"The file and the record differ on: {labels}. Nobody has picked.",
            code="document.undecided",
            remedy=f"Name each of these in “take” or in “keep”: {', '.join(left)}.",
        )


def _columns(document: VersionDocument, taken: list[str]) -> dict[str, Any]:
    """What goes into columns of the version. Raises Invalid for a number that is none."""
    found: dict[str, Any] = {}
    for name in taken:
        if name in cards.COLUMNS:
            value = cards.column_value(name, cards.said_of(document.found, name))
            if value is None:
                label = cards.label_of(name)
                raise Invalid(f"What the file says is no value that is kept: {label}.", code="document.value")
            found[cards.COLUMNS[name]] = value
    return found


def _statements_write(by: User, version: ModelVersion, document: VersionDocument, taken: list[str]) -> None:
    for name in taken:
        if name not in cards.COLUMNS and name not in (cards.FIGURES, *cards.TOLD_ELSEWHERE):
            value = cards.said_of(document.found, name)
            _statement_write(by, version, name[:60], value, status=IMPORTED, document=document)


def _statement_write(
    by: User, version: ModelVersion, field: str, value: Any, *, status: str, document: VersionDocument | None
) -> None:
    told = {"value": value, "status": status, "document": document, "said_by": by, "said_at": timezone.now()}
    VersionStatement.objects.update_or_create(version=version, field=field, defaults=told)


def _figures_write(version: ModelVersion, document: VersionDocument, figures: list[cards.Figure]) -> None:
    VersionMetric.objects.bulk_create(
        [_metric(version, document, replace(one, source=one.source or document.filename)) for one in figures],
        batch_size=500,
    )


def _metric(version: ModelVersion, document: VersionDocument, figure: cards.Figure) -> VersionMetric:
    told = figure.as_json()
    more = {name: value for name, value in told.items() if name not in (*_PLAIN, "source")}
    plain = {name: getattr(figure, name) for name in _PLAIN}
    return VersionMetric(
        version=version, document=document, source=figure.source, details=more, status=IMPORTED, **plain
    )
