"""Reading datasets, and who may see which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.rules import PROVENANCE_FIELDS, PROVENANCE_LABELS, Change, change_between, in_words, provenance_gaps
from apps.core.errors import NotFound
from apps.core.rules import SUCCEEDED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MISSING = "There is no such object, or you may not see it."


def datasets_seen_by(user: "User | AnonymousUser") -> QuerySet[Dataset]:
    """Datasets of the person's teams and those shared with them one by one."""
    return Dataset.objects.filter(Q(team_id__in=team_ids_seen_by(user)) | Q(pk__in=shared_ids(user, Dataset)))


def datasets_listed_for(user: "User | AnonymousUser") -> QuerySet[Dataset]:
    """The dataset list: each with its number of versions and the number of the latest."""
    return (
        datasets_seen_by(user)
        .select_related("team")
        .annotate(version_count=Count("versions"), latest_number=Max("versions__number"))
        .order_by("-created_at", "-pk")
    )


def dataset_versions_seen_by(user: "User | AnonymousUser") -> QuerySet[DatasetVersion]:
    """Versions of every dataset that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(dataset_id__in=shared_ids(user, Dataset))
    return DatasetVersion.objects.filter(seen).select_related("dataset", "team", "created_by")


def dataset_seen(user: "User | AnonymousUser", pk: int) -> Dataset:
    """One dataset. Raises NotFound when it is not there or not to be seen."""
    found = datasets_seen_by(user).select_related("team", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def dataset_version_seen(user: "User | AnonymousUser", pk: int) -> DatasetVersion:
    """One dataset version. Raises NotFound when it is not there or not to be seen."""
    found = dataset_versions_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def scans_seen_by(user: "User | AnonymousUser") -> QuerySet[ScanRun]:
    """Scans of every dataset version that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(dataset_version__dataset_id__in=shared_ids(user, Dataset))
    return ScanRun.objects.filter(seen).select_related("dataset_version__dataset", "created_by")


def latest_scans(version_pks: list[int]) -> dict[int, ScanRun]:
    """The newest successful scan of each of these dataset versions, in one query."""
    scans = ScanRun.objects.filter(dataset_version_id__in=version_pks, state=SUCCEEDED).order_by("finished_at", "pk")
    return {scan.dataset_version_id: scan for scan in scans}


def scan_marks(versions: list[DatasetVersion]) -> dict[int, ScanRun]:
    """The newest scan of each of these dataset versions, whatever became of it, without its result; one query."""
    scans = ScanRun.objects.filter(dataset_version__in=versions).defer("log", "result", "config").order_by("pk")
    return {scan.dataset_version_id: scan for scan in scans}


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
