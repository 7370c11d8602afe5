"""Taking metadata of others over: read first, compared next, applied only as far as a person picked."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import DatasetVersion, MetadataImport, Source, VersionSource
from apps.catalog.queries import metadata as metadata_queries
from apps.catalog.rules import metadata
from apps.catalog.rules.declared import statement_key
from apps.catalog.rules.metadata.source_rows import share_of, source_told
from apps.catalog.services.describing import dataset_version_describe
from apps.catalog.services.provenance import version_source_link
from apps.catalog.services.sources import source_create
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid
from apps.core.plain import plain_object, storable


def metadata_import(*, by: User, version: DatasetVersion, content: bytes, filename: str) -> MetadataImport:
    """Read a Croissant file, a dataset card or a DPS file and keep it; the record is not changed by that.

    Raises Invalid for a file that is none of these, is broken or too large.
    """
    require(by, "dataset.describe", version.team_id, shared=version.dataset)
    name = tables.clean_filename(filename)[:200]
    found = storable(metadata.read(content).as_json())
    stored = storage.put(BytesIO(content))
    return _import_create(by=by, version=version, filename=name, digest=stored.digest, found=found)


@transaction.atomic
def _import_create(*, by: User, version: DatasetVersion, found: dict[str, Any], **told: Any) -> MetadataImport:
    imported = MetadataImport.objects.create(
        version=version,
        format=found["format"],
        found=found,
        missing=metadata.missing_in(found),
        created_by=by,
        **told,
    )
    data = {"dataset_version": version.pk, "digest": imported.digest, "format": imported.format}
    record(action="metadata.import", obj=imported, by=by, data=data)
    return imported


@transaction.atomic
def metadata_apply(
    *, by: User, imported: MetadataImport, take: Iterable[str] | None = None, keep: Iterable[str] = (), reason: str = ""
) -> MetadataImport:
    """Write the picked fields of an import into the version's licence and datasheet.

    `take` names the fields to take over; without it all that the record says nothing about. `keep` names those where
    the record stays. Raises Conflict for fields on which file and record differ and that neither names; Invalid for
    names that the file says nothing about.
    """
    version = DatasetVersion.objects.select_for_update().select_related("dataset").get(pk=imported.version_id)
    require(by, "dataset.describe", version.team_id, shared=version.dataset)
    imported.version = version
    preview = metadata_queries.preview_of(imported)
    taken = [line.name for line in preview.news] if take is None else list(dict.fromkeys(take))
    _check_picked(preview, taken, list(keep))
    if not taken:
        raise Invalid("Nothing was picked, so nothing changes.", code="metadata.nothing")
    provenance, file, came = metadata.merged(version.provenance, imported.found, taken, imported.filename)
    looked_at = {statement_key(name) for name in taken}
    dataset_version_describe(
        by=by,
        version=version,
        licence=_licence(imported.found) if metadata.LICENCE in taken else version.licence,
        provenance=plain_object(provenance, "datasheet"),
        reason=reason.strip() or f"Taken over from {imported.filename}",
        datasheet_file=file,
        imported_fields=came,
        still_carried=[key for key in version.carried if key not in looked_at],
        is_licence_from_file=metadata.LICENCE in taken,
    )
    imported.applied = sorted({*imported.applied, *taken})
    imported.applied_at = timezone.now()
    imported.save(update_fields=["applied", "applied_at"])
    data = {"dataset_version": version.pk, "digest": imported.digest, "fields": taken}
    record(action="metadata.apply", obj=imported, by=by, reason=reason, data=data)
    return imported


def _check_picked(preview: metadata_queries.Preview, taken: list[str], kept: list[str]) -> None:
    offered = {line.name for line in preview.lines if line.can_be_taken}
    same = {line.name for line in preview.lines if line.state == metadata.SAME}
    strange = [name for name in taken if name not in offered | same]
    if strange:
        raise Invalid(f"The file says nothing to take over about: {', '.join(strange)}.", code="metadata.field")
    both = sorted({*taken} & {*kept})
    if both:
        raise Invalid(f"Picked both ways: {', '.join(both)}.", code="metadata.field")
    left = metadata.undecided(preview.lines, taken, kept)
    if left:
        labels = ", ".join(metadata.label_of(name) for name in left)
        raise Conflict(
            f"The file and the record differ on: {labels}. Nobody has picked.",
            code="metadata.undecided",
            remedy=f"Name each of these in “take” or in “keep”: {', '.join(left)}.",
        )


def _licence(found: dict[str, Any]) -> str:
    return str(found.get("licence") or found.get("licence_said") or "")[:200]


@transaction.atomic
def metadata_sources_record(*, by: User, imported: MetadataImport) -> list[Source]:
    """Record each source that an import names and say that the version holds rows of it.

    A source that the team has under that name is linked as it is; nothing in it is overwritten.
    """
    version = DatasetVersion.objects.select_related("dataset__team").get(pk=imported.version_id)
    require(by, "source.edit", version.team_id, shared=version.dataset)
    sources = []
    for entry in metadata_queries.sources_named(imported.found):
        told = source_told(entry, imported.filename)
        known = Source.objects.filter(team_id=version.team_id, name=told["name"]).first()
        source = known or source_create(by=by, team=version.team, imported_from=imported.filename, **told)
        share = share_of(entry.get("share")) if isinstance(entry, dict) else None
        if not VersionSource.objects.filter(version=version, source=source).exists():
            version_source_link(by=by, version=version, source=source, share=share)
        sources.append(source)
    if not sources:
        raise Invalid("This file names no source.", code="metadata.no_sources")
    data = {"dataset_version": version.pk, "sources": [source.pk for source in sources]}
    record(action="metadata.sources", obj=imported, by=by, data=data)
    return sources
