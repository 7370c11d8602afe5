"""What scans found in the bytes of a version that a copy of it can be without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from apps.catalog.models import Branch, DatasetVersion, ScanRun
from apps.catalog.queries.rows.connection import opened, quoted
from apps.catalog.queries.rows.masking import columns_searched, places_path
from apps.catalog.queries.rows.values import fetched
from apps.catalog.queries.scans import kinds_placed, scans_of_content
from apps.catalog.rules.scans import PLACED_CHECKS, SCAN_CHECKS
from apps.core.errors import Conflict


@dataclass(frozen=True)
class Redactable:
    """What all finished scans of a version's bytes listed together: kinds of findings, each with its places.

    `scans` are all that listed places, the newest first, also those that found none.
    """

    version: DatasetVersion
    scans: tuple[ScanRun, ...]
    kinds: dict[str, int]

    @property
    def finding(self) -> list[ScanRun]:
        """The scans that found something."""
        return [scan for scan in self.scans if kinds_placed(scan)]

    @property
    def is_newest(self) -> bool:
        """Whether a branch leads to the version: only then can a copy follow it."""
        return leads_a_branch(self.version.pk)

    def require_whole(self, kinds: Iterable[str]) -> None:
        """Raises Conflict where some row or column was not searched for one of these kinds, as far as is known."""
        every = frozenset(str(column["name"]) for column in self.version.columns)
        wanted = set(kinds)
        for check in PLACED_CHECKS:
            known = {kind for scan in self.scans for kind in kinds_placed(scan, (check,))}
            may_hold = wanted - self.kinds.keys() and any(check in (scan.result or {}) for scan in self.scans)
            if not (wanted & known or may_hold):
                continue
            missing = sorted(every - columns_searched(check, self.version, self.scans, at_any_score=True))
            if missing:
                where = "every row" if len(missing) == len(every) else f"every row of {', '.join(missing[:6])}"
                raise Conflict(
                    f"No scan has searched {where} for {SCAN_CHECKS[check].lower()}, so the rest would stay as it is.",
                    code="redaction.partial",
                    remedy="Scan all rows and columns, then redact.",
                )


def redactable(version: DatasetVersion) -> Redactable:
    """What scans found in these bytes, whichever version they were of: another scan's finding is no less true."""
    scans = tuple(scan for scan in scans_of_content(version) if scan.spans_file)
    return Redactable(version, scans, _counted([scan for scan in scans if kinds_placed(scan)]))


def _counted(scans: Sequence[ScanRun]) -> dict[str, int]:
    """Places of each kind, the most frequent first; one that several scans found counts once."""
    paths = [places_path(digest) for digest in sorted({scan.spans_file for scan in scans})]
    if not paths:
        return {}
    files = ", ".join(quoted(path) for path in paths)
    question = (
        f"SELECT c4, count(*) AS found FROM (SELECT DISTINCT c0, c1, c2, c3, c4, c5 FROM read_parquet([{files}]))"
        " GROUP BY c4 ORDER BY found DESC, c4"
    )
    with opened(*paths, seconds=settings.QUERY_SECONDS) as connection:
        return {str(kind): int(found) for kind, found in fetched(connection, question)}


def leads_a_branch(version_pk: int) -> bool:
    """Whether the version is the newest of some branch."""
    return Branch.objects.filter(head_id=version_pk).exists()
