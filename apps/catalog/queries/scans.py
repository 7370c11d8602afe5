"""Reading scans."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.rules import SCAN_CHECKS
from apps.core.rules import RUNNING, SUCCEEDED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


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


def versions_for(version: DatasetVersion, purpose: str) -> list[int]:
    """Numbers of the newest version of each of the team's other datasets that are kept for a purpose, in order."""
    newest = (
        DatasetVersion.objects.filter(team_id=version.team_id, dataset__purpose=purpose)
        .exclude(dataset_id=version.dataset_id)
        .values("dataset_id")
        .annotate(newest=Max("pk"))
    )
    return sorted(row["newest"] for row in newest)


def redactable(scan: ScanRun) -> dict[str, int]:
    """Kinds of findings whose places the scan listed, with how many there are."""
    counts: dict[str, int] = {}
    for section in ("personal_data", "secrets", "special_categories"):
        found = ((scan.result or {}).get(section) or {}).get("by_entity") or {}
        for entity, count in found.items():
            counts[entity] = counts.get(entity, 0) + int(count)
    return counts


@dataclass(frozen=True)
class Step:
    """One check of a scan: waiting, reading the rows with all others, finishing, or done."""

    label: str
    state: str


def scan_steps_of(scan: ScanRun) -> list[Step]:
    """How far each check is, by what the worker told last: all read together, then they finish one after the other."""
    wanted = (scan.config or {}).get("checks") or list(SCAN_CHECKS)
    names = [name for name in SCAN_CHECKS if name in wanted]
    if scan.state == SUCCEEDED:
        ran = (scan.result or {}).get("checks") or names
        return [Step(SCAN_CHECKS.get(name, name), "done") for name in ran]
    told = [name for name in names if f"Finishing: {name.replace('_', ' ')}" in f"{scan.log}\n{scan.message}"]
    if told:
        at = names.index(told[-1])
        states = ["done"] * at + ["finishing"] + ["waiting"] * (len(names) - at - 1)
    else:
        is_reading = scan.state == RUNNING and scan.message.startswith(("Searching", "Going on"))
        states = ["reading" if is_reading else "waiting"] * len(names)
    return [Step(SCAN_CHECKS[name], state) for name, state in zip(names, states, strict=True)]
