"""What is known of versions at a glance, for lists: how the newest scan ended, what it found, what the licence says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KeyTransform

from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.queries.licences import badges_of
from apps.catalog.rules import provenance_gaps
from apps.catalog.rules.sampling import Sample
from apps.catalog.rules.scans import Reach, reach_of
from apps.core.rules import SUCCEEDED


@dataclass(frozen=True)
class Glance:
    """One version: the verdict on all licences that it inherits, its newest scan whatever became of it, and what the
    newest good one that looked for personal data found.

    `personal` counts matches of personal data; None where none has looked for it. `is_too_few`: in so few rows that to
    find none says nothing. `gaps` counts open questions of the datasheet.
    """

    version: DatasetVersion
    licence: dict[str, Any]
    gaps: int
    scan: ScanRun | None = None
    personal: int | None = None
    is_too_few: bool = False


def glances_of(versions: Iterable[DatasetVersion]) -> dict[int, Glance]:
    """A glance at each of these versions, by its key; the number of queries does not grow with theirs."""
    wanted = list(versions)
    newest, found, badges = dict[int, ScanRun](), dict[int, ScanRun](), badges_of(wanted)
    for scan in _scans(wanted):
        newest[scan.dataset_version_id] = scan
        held = found.get(scan.dataset_version_id)
        if scan.state != SUCCEEDED or _personal(scan) is None:  # a scan that did not look for it hides nothing
            continue
        if held is None or not _reach(held).exceeds(_reach(scan)):  # nor does one that looked less far
            found[scan.dataset_version_id] = scan
    return {
        version.pk: Glance(
            version=version,
            licence=badges[version.pk],
            gaps=len(provenance_gaps(version.provenance)),
            scan=newest.get(version.pk),
            personal=_personal(found[version.pk]) if version.pk in found else None,
            is_too_few=version.pk in found and not _is_enough(found[version.pk], version),
        )
        for version in wanted
    }


def _scans(versions: list[DatasetVersion]) -> Iterable[ScanRun]:
    section = KeyTransform("personal_data", "result")
    rows = ScanRun.objects.filter(dataset_version__in=versions).defer("log", "result")
    return rows.annotate(
        personal=KeyTransform("total", section),
        read=KeyTransform("rows_scanned", section),
        columns=KeyTransform("columns", "result"),
    ).order_by("pk")


def _personal(scan: ScanRun) -> int | None:
    personal = getattr(scan, "personal", None)
    return None if personal is None else int(personal)


def _reach(scan: ScanRun) -> Reach:
    told = {"columns": getattr(scan, "columns", None), "personal_data": {"rows_scanned": getattr(scan, "read", None)}}
    return reach_of("personal_data", scan.config or {}, told)


def _is_enough(scan: ScanRun, version: DatasetVersion) -> bool:
    rows = _reach(scan).rows
    return rows is None or Sample(rows, version.rows).is_enough


def with_newest(datasets: Iterable[Dataset]) -> list[tuple[Dataset, Glance | None]]:
    """Each dataset with a glance at the newest version of its main branch. None for a dataset without versions.

    The datasets come from `datasets_listed_for`.
    """
    listed = list(datasets)
    keys = [getattr(dataset, "newest_pk", None) for dataset in listed]
    rows = DatasetVersion.objects.filter(pk__in=[key for key in keys if key is not None])
    glances = glances_of(rows.defer("statistics", "columns").select_related("dataset"))
    return [(dataset, glances.get(key or 0)) for dataset, key in zip(listed, keys, strict=True)]
