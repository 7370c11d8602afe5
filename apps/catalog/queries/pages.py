"""What the pages of data show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, ScanRun, Source, Tag
from apps.catalog.rules import PROVENANCE_FIELDS, PROVENANCE_LABELS, Change, change_between, in_words, provenance_gaps
from apps.catalog.rules.declared import LICENCE, carried_from, carried_words, field_key
from apps.catalog.rules.licences import licence_section
from apps.catalog.rules.sampling import Sample

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

from apps.catalog.queries.scans import Scanned, scanned


@dataclass(frozen=True)
class Statement:
    """One field of a datasheet as people read it; `is_gap` where a Data question needs it and nothing is said.

    `by_sources`: the datasheet is silent, but the record of every source that is linked says it. `carried` says where
    it was carried over from, if nobody has said it of this version.
    """

    label: str
    paragraphs: list[str]
    is_gap: bool = False
    by_sources: bool = False
    carried: str = ""


@dataclass(frozen=True)
class Comparison:
    """A dataset version and the one before it, and what changed between them."""

    parent: DatasetVersion
    change: Change


@dataclass(frozen=True)
class DatasetVersionPage:
    """What the page of one dataset version shows. `used_for` are the model versions made with it."""

    version: DatasetVersion
    datasheet: list[Statement]
    more: list[Statement]
    gaps: list[str]
    comparison: Comparison | None
    scanned: Scanned | None
    scans: list[ScanRun]
    used_for: list[Any]
    tunings: list[Any]
    evaluations: list[Any]
    licence: dict[str, Any]
    parent: DatasetVersion | None
    merged: DatasetVersion | None
    children: list[DatasetVersion]
    tags: list[Tag]

    @property
    def carried_licence(self) -> str:
        """Where the licence was carried over from; empty where it was said of this version."""
        return carried_words(carried_from(self.version.carried, LICENCE))

    @property
    def carried(self) -> str:
        """Where what is declared was carried over from; empty where all of it was said of this version."""
        return carried_words({number for numbers in self.version.carried.values() for number in numbers})

    @property
    def use_count(self) -> int:
        """How many uses are listed."""
        waiting = [run for run in self.tunings if run.output_version_id is None]
        return len(self.used_for) + len(waiting) + len(self.evaluations)

    @property
    def scan(self) -> ScanRun | None:
        """The newest finished scan, whatever it looked for."""
        return self.scanned.newest if self.scanned else None

    @property
    def found(self) -> dict[str, Any]:
        """What all finished scans say together, by check; empty without any."""
        return self.scanned.result if self.scanned else {}

    @property
    def is_too_few(self) -> bool:
        """Whether so few rows were searched for personal data that to find none says nothing."""
        rows = (self.found.get("personal_data") or {}).get("rows_scanned")
        return rows is not None and not Sample(int(rows), self.version.rows).is_enough

    @property
    def is_scan_outdated(self) -> bool:
        """Whether another licence is declared now than the one that the scan judged."""
        judged = ((self.scan.result or {}).get("licence") or {}).get("expression", "") if self.scan else ""
        return self.scan is not None and judged != self.version.licence


def dataset_version_page(
    user: "User | AnonymousUser", version: DatasetVersion, sources: Sequence[Source] = ()
) -> DatasetVersionPage:
    """The page of one dataset version that the person sees; uses of it only where they see them as well.

    `sources` are those linked to it: what all of them say on record is no gap of the datasheet.
    """
    silent, told = provenance_gaps(version.provenance), told_by(sources)
    gaps = [name for name in silent if name not in told]
    teams = team_ids_seen_by(user)
    # Tunings, evaluations and lineage live in apps above; their rows point here, so no import is needed to follow them.
    links = version.used_by.filter(version__team_id__in=teams).select_related("version__model").order_by("-pk")
    tunings = version.tunings.filter(team_id__in=teams).select_related("base_version__model", "output_version__model")
    measured = version.evaluations.filter(team_id__in=teams).select_related("version__model")
    made_of = DatasetVersion.objects.in_bulk([pk for pk in (version.parent_id, version.merged_id) if pk is not None])
    scans = list(version.scans.select_related("created_by").defer("log", "result").order_by("-pk")[:20])
    return DatasetVersionPage(
        version=version,
        datasheet=_asked_for(version, gaps, told.intersection(silent)),
        more=_more(version),
        gaps=[PROVENANCE_LABELS[name] for name in gaps],
        comparison=_comparison(version, made_of.get(version.parent_id or 0)),
        scanned=scanned([version.pk]).get(version.pk),
        scans=scans,
        used_for=[link.version for link in links[:20]],
        tunings=list(tunings.defer("log", "result")[:20]),
        evaluations=list(measured.defer("log", "result")[:20]),
        licence=licence_section(version.licence),
        parent=made_of.get(version.parent_id or 0),
        merged=made_of.get(version.merged_id or 0),
        children=list(version.children.defer("statistics", "provenance").order_by("number")[:20]),
        tags=list(version.tags.order_by("name")),
    )


def _asked_for(version: DatasetVersion, gaps: Collection[str], told: Collection[str]) -> list[Statement]:
    """What the datasheet says to each Data question; `told` are those that the sources say instead."""
    sheet = version.provenance
    return [
        Statement(
            PROVENANCE_LABELS[name],
            in_words(sheet.get(name)),
            is_gap=name in gaps,
            by_sources=name in told,
            carried=carried_words(carried_from(version.carried, name)),
        )
        for name in PROVENANCE_FIELDS
    ]


def _more(version: DatasetVersion) -> list[Statement]:
    return [
        Statement(
            name.replace("_", " ").capitalize(),
            in_words(value),
            carried=carried_words(version.carried.get(field_key(name), [])),
        )
        for name, value in version.provenance.items()
        if name not in PROVENANCE_FIELDS
    ]


def told_by(sources: Sequence[Source]) -> set[str]:
    """The fields of a datasheet that the records of all these sources say; none without a source."""
    if not sources:
        return set()
    says = {
        "sources": True,
        "origin": all(source.origin for source in sources),
        "collection_method": all(source.collection_method for source in sources),
        "permission": all(source.licence or source.consent_digest for source in sources),
        "confidentiality": all(source.confidentiality for source in sources),
        "ai_generated": all(source.machine_generated is not None for source in sources),
    }
    return {name for name, is_said in says.items() if is_said}


def _comparison(version: DatasetVersion, parent: DatasetVersion | None) -> Comparison | None:
    if parent is None:
        return None
    rows, size = version.rows - parent.rows, version.size - parent.size
    return Comparison(parent, change_between(parent.columns, version.columns, rows=rows, size=size))
