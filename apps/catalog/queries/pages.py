"""What the pages of data show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, ScanRun, Tag
from apps.catalog.rules import PROVENANCE_FIELDS, PROVENANCE_LABELS, Change, change_between, in_words, provenance_gaps
from apps.catalog.rules.licences import licence_section

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

from apps.catalog.queries.scans import latest_scans


@dataclass(frozen=True)
class Statement:
    """One field of a datasheet as people read it; `is_gap` where a Data question needs it and nothing is said."""

    label: str
    paragraphs: list[str]
    is_gap: bool = False


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
    scan: ScanRun | None
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
    def use_count(self) -> int:
        """How many uses are listed."""
        waiting = [run for run in self.tunings if run.output_version_id is None]
        return len(self.used_for) + len(waiting) + len(self.evaluations)

    @property
    def is_scan_outdated(self) -> bool:
        """Whether another licence is declared now than the one that the scan judged."""
        judged = ((self.scan.result or {}).get("licence") or {}).get("expression", "") if self.scan else ""
        return self.scan is not None and judged != self.version.licence


def dataset_version_page(user: "User | AnonymousUser", version: DatasetVersion) -> DatasetVersionPage:
    """The page of one dataset version that the person sees; uses of it only where they see them as well."""
    sheet = version.provenance
    gaps = provenance_gaps(sheet)
    teams = team_ids_seen_by(user)
    # Tunings, evaluations and lineage live in apps above; their rows point here, so no import is needed to follow them.
    links = version.used_by.filter(version__team_id__in=teams).select_related("version__model").order_by("-pk")
    tunings = version.tunings.filter(team_id__in=teams).select_related("base_version__model", "output_version__model")
    measured = version.evaluations.filter(team_id__in=teams).select_related("version__model")
    made_of = DatasetVersion.objects.in_bulk([pk for pk in (version.parent_id, version.merged_id) if pk is not None])
    scans = list(version.scans.select_related("created_by").defer("log", "result").order_by("-pk")[:20])
    return DatasetVersionPage(
        version=version,
        datasheet=[
            Statement(PROVENANCE_LABELS[name], in_words(sheet.get(name)), name in gaps) for name in PROVENANCE_FIELDS
        ],
        more=[
            Statement(name.replace("_", " ").capitalize(), in_words(value))
            for name, value in sheet.items()
            if name not in PROVENANCE_FIELDS
        ],
        gaps=[PROVENANCE_LABELS[name] for name in gaps],
        comparison=_comparison(version, made_of.get(version.parent_id or 0)),
        scan=latest_scans([version.pk]).get(version.pk),
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


def _comparison(version: DatasetVersion, parent: DatasetVersion | None) -> Comparison | None:
    if parent is None:
        return None
    rows, size = version.rows - parent.rows, version.size - parent.size
    return Comparison(parent, change_between(parent.columns, version.columns, rows=rows, size=size))
