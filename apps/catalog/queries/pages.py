"""What the pages of data show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.rules import PROVENANCE_FIELDS, PROVENANCE_LABELS, Change, change_between, in_words, provenance_gaps

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
        comparison=_comparison(version),
        scan=latest_scans([version.pk]).get(version.pk),
        scans=scans,
        used_for=[link.version for link in links[:20]],
        tunings=list(tunings.defer("log", "result")[:20]),
        evaluations=list(measured.defer("log", "result")[:20]),
    )


def _comparison(version: DatasetVersion) -> Comparison | None:
    earlier = DatasetVersion.objects.filter(dataset_id=version.dataset_id, number__lt=version.number)
    parent = earlier.select_related("dataset").order_by("-number").first()
    if parent is None:
        return None
    rows, size = version.rows - parent.rows, version.size - parent.size
    return Comparison(parent, change_between(parent.columns, version.columns, rows=rows, size=size))
