"""Reading scans."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, QuerySet

from apps.accounts.queries import may, shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.rules import EVALUATION
from apps.catalog.rules.findings import without_texts
from apps.catalog.rules.scans import (
    COMPARED,
    COMPARED_PURPOSES,
    LANGUAGES,
    PLACED_CHECKS,
    SCAN_CHECKS,
    Reach,
    left_out,
    reach_of,
    sets_of,
)
from apps.core.canonical import digest_of
from apps.core.rules import SUCCEEDED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


_STANDING = ("team_id", "number", "digest", "dataset__name", "dataset__purpose")


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
class Standing:
    """The newest version of a dataset that other data of its team is to be compared with."""

    label: str
    digest: str
    dataset_id: int
    purpose: str


@dataclass(frozen=True)
class Scanned:
    """What the finished scans of one dataset version say together: of every check the newest that ran it speaks.

    So a scan of few checks replaces what earlier ones found with these checks, and hides nothing else. Nor does one
    that looked less far: an earlier scan of more columns, rows, languages or scores goes on speaking. Of every table
    that the rows were compared with the scan speaks that compared it last, or further.

    `standing` are the tables that this team's data is to be compared with today.
    """

    scans: tuple[ScanRun, ...]  # the newest first; at least one
    standing: tuple[Standing, ...] = ()

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
        pks = {scan.pk for check in self.by_check for scan in self.scans_of(check)}
        return [scan for scan in self.scans if scan.pk in pks]

    def scan_of(self, check: str) -> ScanRun:
        """The scan that speaks of a check; the newest where none ran it."""
        return self.by_check.get(check, self.newest)

    def scans_of(self, check: str) -> list[ScanRun]:
        """The scans that speak of a check: one, and those that alone compared some table; the newest where none ran."""
        first = self.scan_of(check)
        pks = {scan.pk for scan, _ in self._sets(check).values()} - {first.pk}
        return [first, *(scan for scan in self.scans if scan.pk in pks)]

    def section(self, check: str) -> dict[str, Any] | None:
        """What was found by a check; None where none ran it. Tables that another scan compared name it by `scan`."""
        scan = self.by_check.get(check)
        if scan is None:
            return None
        section, sets = sections_of(scan)[check], self._sets(check)
        if all(other.pk == scan.pk for other, _ in sets.values()):
            return section
        listed = [one if other.pk == scan.pk else one | {"scan": other.pk} for other, one in sets.values()]
        told = [{name: value for name, value in one.items() if name != "scan"} for one in listed]
        digest = digest_of({"section": section.get("digest") or digest_of(section), "sets": told})
        return section | {COMPARED[check]: listed, "digest": digest}

    def _sets(self, check: str) -> dict[str, tuple[ScanRun, dict[str, Any]]]:
        """Each table that the rows were compared with, by the digest of its content, with the scan that speaks of it:
        those of the check's own scan first.
        """
        found: dict[str, tuple[ScanRun, dict[str, Any]]] = {}
        own = self.by_check.get(check)
        for scan in [own, *(one for one in self.scans if one.pk != own.pk)] if own and check in COMPARED else ():
            for digest, told in sets_of(check, sections_of(scan).get(check)).items():
                if digest not in found or _rows_reach(check, scan).exceeds(_rows_reach(check, found[digest][0])):
                    found[digest] = scan, told
        return found

    def not_compared(self, check: str, version: DatasetVersion) -> list[Standing]:
        """The tables of today that no scan of this version has compared, as they are today."""
        if check not in self.by_check or check not in COMPARED:
            return []
        known = self._sets(check)
        wanted = [one for one in self.standing if one.purpose == COMPARED_PURPOSES[check]]
        return [one for one in wanted if one.dataset_id != version.dataset_id and one.digest not in known]

    def left_out(self, check: str, version: DatasetVersion, *, is_named: bool = False) -> str:
        """What the scans that speak of a check did not look into, in sentences; empty where they looked everywhere.

        `is_named` names tables to compare with, which only the team that keeps the data should read.
        """
        columns = [str(one["name"]) for one in version.columns]
        gaps = [
            left_out(check, scan.config or {}, scan.result or {}, columns, version.rows)
            for scan in self.scans_of(check)
        ]
        gaps.append(self._languages_missed(check))
        gaps.append(_not_compared(self.not_compared(check, version), check, is_named=is_named))
        return " ".join(dict.fromkeys(filter(None, gaps)))

    def _languages_missed(self, check: str) -> str:
        """Languages that other scans searched in by a check, and the one that speaks of it did not."""
        own = _reach(check, self.scan_of(check)).languages
        others = {scan.pk: _reach(check, scan).languages - own for scan in self.scans if check in sections_of(scan)}
        missed = sorted({LANGUAGES.get(code, code) for codes in others.values() for code in codes})
        if not missed:
            return ""
        named = ", ".join(str(pk) for pk, codes in others.items() if codes)
        return (
            f"Other scans ({named}) searched in {', '.join(missed)} and this one did not: scan again with all these"
            " languages."
        )

    def limits(self, check: str, version: DatasetVersion) -> str:
        """The same in brackets, to stand behind the name of the scan."""
        gap = self.left_out(check, version).removesuffix(".")
        return f" ({gap[0].lower()}{gap[1:]})" if gap else ""

    def sections_by(self, scan: ScanRun) -> dict[str, dict[str, Any]]:
        """The sections of which this scan speaks."""
        names = [name for name, speaking in self.by_check.items() if speaking.pk == scan.pk]
        return {name: part for name in names if (part := self.section(name)) is not None}

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """What was found by each check that ran."""
        return {name: part for name in self.by_check if (part := self.section(name)) is not None}

    @property
    def result(self) -> dict[str, Any]:
        """The newest result, with what earlier scans say of the checks that were not part of it."""
        return (self.newest.result or {}) | self.sections


def _reach(check: str, scan: ScanRun) -> Reach:
    return reach_of(check, scan.config or {}, scan.result or {})


def _rows_reach(check: str, scan: ScanRun) -> Reach:
    """How far it looked into the rows, whatever it compared them with."""
    return replace(_reach(check, scan), compared=frozenset())


def _not_compared(missing: Sequence[Standing], check: str, *, is_named: bool) -> str:
    if not missing:
        return ""
    what = "evaluation set" if COMPARED_PURPOSES[check] == EVALUATION else "collection of protected works"
    named = ", ".join(one.label for one in missing[:6]) + (" and others" if len(missing) > 6 else "")
    count = (
        f"{len(missing)} {what.replace('set', 'sets', 1) if check == 'overlap' else 'collections of protected works'}"
    )
    told = named if is_named else f"one {what}" if len(missing) == 1 else count
    return f"Not compared with {told}, which came or changed since: scan again."


def sections_of(scan: ScanRun) -> dict[str, dict[str, Any]]:
    """The sections of a scan's result by check; checks that were not part of it are left out."""
    result = scan.result or {}
    return {name: part for name in SCAN_CHECKS if isinstance(part := result.get(name), dict)}


def finished_scans(version_pks: "Iterable[int] | QuerySet[Any, Any]") -> QuerySet[ScanRun]:
    """The successful scans of these dataset versions with who started them, the newest first, without their logs."""
    scans = ScanRun.objects.filter(dataset_version_id__in=version_pks, state=SUCCEEDED).defer("log")
    return scans.select_related("created_by").order_by("-finished_at", "-pk")


def scans_of_content(version: DatasetVersion) -> list[ScanRun]:
    """The team's successful scans of the very bytes of a version, of whichever version they are; the newest first."""
    same = DatasetVersion.objects.filter(team_id=version.team_id, digest=version.digest, format=version.format)
    return list(finished_scans(same.values("pk")))


def scans_of_contents(versions: "Iterable[DatasetVersion]") -> dict[int, list[ScanRun]]:
    """The same of each of these versions, by its id; two queries."""
    wanted = {one.pk: (one.team_id, one.digest, one.format) for one in versions}
    teams, digests = {team for team, _, _ in wanted.values()}, {digest for _, digest, _ in wanted.values()}
    same = DatasetVersion.objects.filter(team_id__in=teams, digest__in=digests).order_by()
    contents = {pk: tuple(content) for pk, *content in same.values_list("pk", "team_id", "digest", "format")}
    found: dict[tuple[Any, ...], list[ScanRun]] = defaultdict(list)
    for scan in finished_scans(contents):
        found[contents[scan.dataset_version_id]].append(scan)
    return {pk: found.get(content, []) for pk, content in wanted.items()}


def scanned(version_pks: Iterable[int]) -> dict[int, Scanned]:
    """What the finished scans of each of these dataset versions say together, in two queries."""
    found: dict[int, list[ScanRun]] = defaultdict(list)
    for scan in finished_scans(version_pks):
        found[scan.dataset_version_id].append(scan)
    standing = _standing({scan.team_id for scans in found.values() for scan in scans}) if found else {}
    return {pk: Scanned(tuple(scans), tuple(standing.get(scans[0].team_id, ()))) for pk, scans in found.items()}


def _standing(team_pks: Iterable[int]) -> dict[int, list[Standing]]:
    """The newest version of each dataset that is kept to be compared with, by team; one query."""
    kept = DatasetVersion.objects.filter(team_id__in=team_pks, dataset__purpose__in=COMPARED_PURPOSES.values())
    newest = kept.order_by().values("dataset_id").annotate(newest=Max("pk")).values("newest")
    found: dict[int, list[Standing]] = defaultdict(list)
    for one in DatasetVersion.objects.filter(pk__in=newest).select_related("dataset").only(*_STANDING).order_by("pk"):
        found[one.team_id].append(Standing(str(one), one.digest, one.dataset_id, one.dataset.purpose))
    return found


def latest_scans(version_pks: Sequence[int]) -> dict[int, ScanRun]:
    """The newest successful scan of each of these dataset versions, in one query; it may have run few checks."""
    found: dict[int, ScanRun] = {}
    for scan in finished_scans(version_pks):
        found.setdefault(scan.dataset_version_id, scan)
    return found


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


def kinds_placed(scan: ScanRun, checks: Sequence[str] = PLACED_CHECKS) -> set[str]:
    """Kinds of findings whose places the scan listed."""
    if not scan.spans_file:
        return set()
    return {kind for check in checks for kind in ((scan.result or {}).get(check) or {}).get("by_entity") or {}}
