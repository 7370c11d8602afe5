"""Reading scans."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, QuerySet

from apps.accounts.queries import may, shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.rules.findings import without_texts
from apps.catalog.rules.scans import PLACED_CHECKS, SCAN_CHECKS, Reach, left_out, reach_of
from apps.core.rules import RUNNING, SUCCEEDED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def scans_seen_by(user: "User | AnonymousUser") -> QuerySet[ScanRun]:
    """Scans of every dataset version that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(dataset_version__dataset_id__in=shared_ids(user, Dataset))
    return ScanRun.objects.filter(seen).select_related("dataset_version__dataset", "created_by")


def scan_result(user: "User | AnonymousUser", scan: ScanRun) -> dict[str, Any] | None:
    """What a scan found as this person may see it: words out of rows are masked without the right to raw rows."""
    if scan.result is None or may(user, "dataset.read_raw", scan.team_id):
        return scan.result
    return without_texts(scan.result)


@dataclass(frozen=True)
class Scanned:
    """What the finished scans of one dataset version say together: of every check the newest that ran it speaks.

    So a scan of few checks replaces what earlier ones found with these checks, and hides nothing else. Nor does one
    that looked less far: an earlier scan of more columns, rows, languages or scores goes on speaking.
    """

    scans: tuple[ScanRun, ...]  # the newest first; at least one

    @property
    def newest(self) -> ScanRun:
        """The scan that finished last, whatever it looked for."""
        return self.scans[0]

    @cached_property
    def by_check(self) -> dict[str, ScanRun]:
        """The scan that speaks of each check; checks that none ran are left out."""
        found: dict[str, ScanRun] = {}
        for scan in self.scans:
            for name in sections_of(scan):
                if name not in found or _reach(name, scan).exceeds(_reach(name, found[name])):
                    found[name] = scan
        return {name: found[name] for name in SCAN_CHECKS if name in found}

    @cached_property
    def speaking(self) -> list[ScanRun]:
        """The scans that speak of some check, the newest first."""
        pks = {scan.pk for scan in self.by_check.values()}
        return [scan for scan in self.scans if scan.pk in pks]

    @property
    def redactable(self) -> ScanRun:
        """The newest scan that listed places of something found; the newest of all where none did."""
        return next((scan for scan in self.scans if scan.spans_file and redactable(scan)), self.newest)

    def scan_of(self, check: str) -> ScanRun:
        """The scan that speaks of a check; the newest where none ran it."""
        return self.by_check.get(check, self.newest)

    def section(self, check: str) -> dict[str, Any] | None:
        """What was found by a check; None where none ran it."""
        scan = self.by_check.get(check)
        return None if scan is None else sections_of(scan)[check]

    def left_out(self, check: str, version: DatasetVersion) -> str:
        """What the scan that speaks of a check did not look into, in sentences; empty where it looked everywhere."""
        scan = self.scan_of(check)
        return left_out(check, scan.config or {}, scan.result or {}, [str(one["name"]) for one in version.columns])

    def limits(self, check: str, version: DatasetVersion) -> str:
        """The same in brackets, to stand behind the name of the scan."""
        gap = self.left_out(check, version).removesuffix(".")
        return f" ({gap[0].lower()}{gap[1:]})" if gap else ""

    def sections_by(self, scan: ScanRun) -> dict[str, dict[str, Any]]:
        """The sections of which this scan speaks."""
        sections = sections_of(scan)
        return {name: sections[name] for name, speaking in self.by_check.items() if speaking.pk == scan.pk}

    @property
    def result(self) -> dict[str, Any]:
        """The newest result, with what earlier scans say of the checks that were not part of it."""
        return (self.newest.result or {}) | {name: sections_of(scan)[name] for name, scan in self.by_check.items()}


def _reach(check: str, scan: ScanRun) -> Reach:
    return reach_of(check, scan.config or {}, scan.result or {})


def sections_of(scan: ScanRun) -> dict[str, dict[str, Any]]:
    """The sections of a scan's result by check; checks that were not part of it are left out."""
    result = scan.result or {}
    return {name: part for name in SCAN_CHECKS if isinstance(part := result.get(name), dict)}


def finished_scans(version_pks: "Iterable[int] | QuerySet[Any, Any]") -> QuerySet[ScanRun]:
    """The successful scans of these dataset versions, the newest first, without their logs."""
    scans = ScanRun.objects.filter(dataset_version_id__in=version_pks, state=SUCCEEDED).defer("log")
    return scans.order_by("-finished_at", "-pk")


def scans_of_content(version: DatasetVersion) -> list[ScanRun]:
    """The team's successful scans of the very bytes of a version, of whichever version they are; the newest first."""
    same = DatasetVersion.objects.filter(team_id=version.team_id, digest=version.digest, format=version.format)
    return list(finished_scans(same.values("pk")))


def scanned(version_pks: Iterable[int]) -> dict[int, Scanned]:
    """What the finished scans of each of these dataset versions say together, in one query."""
    found: dict[int, list[ScanRun]] = defaultdict(list)
    for scan in finished_scans(version_pks):
        found[scan.dataset_version_id].append(scan)
    return {pk: Scanned(tuple(scans)) for pk, scans in found.items()}


def latest_scans(version_pks: Sequence[int]) -> dict[int, ScanRun]:
    """The newest successful scan of each of these dataset versions, in one query; it may have run few checks."""
    return {pk: one.newest for pk, one in scanned(version_pks).items()}


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
    for section in PLACED_CHECKS:
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
