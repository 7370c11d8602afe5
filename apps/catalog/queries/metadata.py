"""Reading imported metadata beside the record, and everything that an export says of a version."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, MetadataImport, VersionSource
from apps.catalog.queries.datasets import MISSING, dataset_versions_seen_by
from apps.catalog.queries.scans import scanned
from apps.catalog.queries.shapes import shapes_of
from apps.catalog.queries.sources import derivations_of, source_links_of
from apps.catalog.rules import IMPORTED_FIELDS, IMPORTED_FROM, imported_from, metadata
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_SOURCE_FIELDS = {
    "issuer": "issuer",
    "origin": "origin",
    "statement": "description",
    "url": "url",
    "collection_method": "collection_method",
    "geography": "geography",
    "licence": "licence",
    "licence_evidence": "licence_evidence",
    "consent_document": "consent_document",
    "consent_digest": "consent_digest",
    "tdm_note": "tdm_note",
    "intended_uses": "intended_uses",
    "confidentiality": "confidentiality",
    "machine_generated": "machine_generated",
}


def imports_seen_by(user: "User | AnonymousUser") -> QuerySet[MetadataImport]:
    """Imported metadata of every dataset version that the person sees, the newest first."""
    seen = Q(version__team_id__in=team_ids_seen_by(user)) | Q(version__dataset_id__in=shared_ids(user, Dataset))
    return MetadataImport.objects.filter(seen).select_related("version__dataset", "version__team", "created_by")


def import_seen(user: "User | AnonymousUser", pk: int) -> MetadataImport:
    """One import. Raises NotFound when it is not there or not to be seen."""
    found = imports_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


@dataclass(frozen=True)
class Preview:
    """What a file says beside what is recorded now."""

    imported: MetadataImport
    lines: list[metadata.Line]
    digest_verdict: str  # same | differs | none

    @property
    def groups(self) -> list[tuple[str, str, list[metadata.Line]]]:
        """The lines under the Data question that each answers."""
        return metadata.lines_by_question(self.lines)

    @cached_property
    def missing(self) -> list[metadata.Line]:
        """What the Data questions need and the file does not say."""
        return [line for line in self.lines if line.is_missing]

    @cached_property
    def open(self) -> list[metadata.Line]:
        """What neither the file nor the record says: these questions stay open after the import."""
        return [line for line in self.missing if not line.recorded]

    @cached_property
    def conflicts(self) -> list[metadata.Line]:
        """On what the file and the record differ, so that somebody has to pick."""
        return [line for line in self.lines if line.state == metadata.CONFLICT and line.can_be_taken]

    @cached_property
    def news(self) -> list[metadata.Line]:
        """What the file says and nobody has recorded."""
        return [line for line in self.lines if line.state == metadata.NEW and line.can_be_taken]

    @property
    def source_names(self) -> list[str]:
        """The sources that the file names."""
        return [str(one["name"] if isinstance(one, dict) else one) for one in sources_named(self.imported.found)]


def sources_named(found: dict[str, Any]) -> list[Any]:
    """The sources of a file: names, or objects with a name."""
    listed = found.get("datasheet", {}).get("sources") or []
    items = listed if isinstance(listed, list) else [listed]
    return [one for one in items if isinstance(one, str) or (isinstance(one, dict) and one.get("name"))]


def preview_of(imported: MetadataImport) -> Preview:
    """The import beside the version's present record."""
    version = imported.version
    sources = [source_told(link) for link in source_links_of(None, version)]
    beside = metadata.gathered_from(sources, version.provenance)
    beside["sources"] = [str(source["name"]) for source in sources]
    for one in _measured(version)[0]:
        beside.setdefault(one.field, []).append(one.words)
    recorded = plain_sheet(version.provenance) | {"licence": version.licence, "file_digest": version.digest}
    lines = metadata.compared(imported.found, recorded, beside)
    return Preview(imported, lines, metadata.digest_verdict(imported.found, version.digest))


def described_for(user: "User | AnonymousUser", version: DatasetVersion, url: str) -> metadata.Described:
    """What an export says of a version; sources, and versions that it was made out of, only
    where the person sees them."""
    measured, scan = _measured(version)
    sheet = plain_sheet(version.provenance)
    previous = version.parent or _before(version)
    return metadata.Described(
        name=version.dataset.name,
        number=version.number,
        description=version.dataset.description,
        url=url,
        team=version.dataset.team.name,
        created=_moment(version.created_at),
        previous=_moment(previous.created_at) if previous else "",
        filename=version.filename,
        format=version.format,
        digest=version.digest,
        size=version.size,
        rows=version.rows,
        columns=version.columns,
        key_columns=[name for name in version.dataset.key_columns if name in {one["name"] for one in version.columns}],
        licence=version.licence,
        datasheet=sheet,
        imported={name: file for name in sheet if (file := imported_from(version.provenance, name))},
        sources=[source_told(link) for link in source_links_of(user, version)],
        derived_from=_ancestry(user, version),
        measured=measured,
        shapes=shapes_of(version),
        scan=scan,
    )


def plain_sheet(provenance: dict[str, Any]) -> dict[str, Any]:
    """The datasheet without the names of the files that it was read from."""
    return {name: value for name, value in provenance.items() if name not in (IMPORTED_FROM, IMPORTED_FIELDS)}


def _before(version: DatasetVersion) -> DatasetVersion | None:
    earlier = DatasetVersion.objects.filter(dataset_id=version.dataset_id, number__lt=version.number)
    return earlier.order_by("-number").first()


def _measured(version: DatasetVersion) -> tuple[list[metadata.Measured], str]:
    """What the scans of a version say, each of the checks that it speaks of; and which scans these are."""
    found = scanned([version.pk]).get(version.pk)
    if found is None:
        return [], ""
    labels = {scan.pk: f"Scan {scan.pk} of {scan.finished_at:%Y-%m-%d}" for scan in found.speaking}
    told = [
        metadata.measured_by({name: part}, f"{labels[scan.pk]}{found.limits(name, version)}")
        for scan in found.speaking
        for name, part in found.sections_by(scan).items()
    ]
    return list(chain(*told)), ", ".join(labels.values())


def source_told(link: VersionSource) -> dict[str, Any]:
    """A recorded source in the words of a datasheet."""
    source = link.source
    told = {"name": source.name} | {name: getattr(source, field) for name, field in _SOURCE_FIELDS.items()}
    ends = [end.isoformat() if end else "" for end in (source.collected_from, source.collected_to)]
    told["period"] = "/".join(ends) if any(ends) else ""
    told["tdm_reservation"] = source.tdm_reservation if source.tdm_reservation != "unknown" else ""
    if source.licence_verified_at:
        told["licence_verified"] = f"{source.licence_verified_at:%Y-%m-%d}"
    told["share"] = link.share
    return {name: value for name, value in told.items() if not metadata.is_blank(value)}


def _ancestry(user: "User | AnonymousUser", version: DatasetVersion) -> list[dict[str, Any]]:
    """The commits that a version was made from: its parents and its derivations."""
    parents = {pk: how for pk, how in ((version.parent_id, "parent"), (version.merged_id, "merged")) if pk}
    seen = dataset_versions_seen_by(user).filter(pk__in=list(parents)).order_by("pk")
    told = [_ancestor(one, parents[one.pk]) for one in seen]
    return told + [_ancestor(one.origin, one.how or "derived") for one in derivations_of(user, version)]


def _ancestor(version: DatasetVersion, how: str) -> dict[str, Any]:
    return {"name": str(version), "digest": version.digest, "how": how}


def _moment(when: datetime) -> str:
    return localtime(when).isoformat(timespec="seconds")
