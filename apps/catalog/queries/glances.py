"""What is known of versions at a glance, for lists: how the newest scan ended, what it found, what the licence says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KeyTransform

from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.queries.licences import badges_of
from apps.catalog.rules import provenance_gaps
from apps.core.rules import SUCCEEDED


@dataclass(frozen=True)
class Glance:
    """One version: the verdict on all licences that it inherits, its newest scan whatever became of it, and what the
    newest good one that looked for personal data found.

    `personal` counts matches of personal data; None where none has looked for it. `gaps` counts open questions of the
    datasheet.
    """

    version: DatasetVersion
    licence: dict[str, Any]
    gaps: int
    scan: ScanRun | None = None
    personal: int | None = None


def glances_of(versions: Iterable[DatasetVersion]) -> dict[int, Glance]:
    """A glance at each of these versions, by its key; the number of queries does not grow with theirs."""
    wanted = list(versions)
    newest, found, badges = dict[int, ScanRun](), dict[int, int](), badges_of(wanted)
    for scan in _scans(wanted):
        newest[scan.dataset_version_id] = scan
        personal = getattr(scan, "personal", None)
        if scan.state == SUCCEEDED and personal is not None:  # a scan that did not look for it hides nothing
            found[scan.dataset_version_id] = int(personal)
    return {
        version.pk: Glance(
            version=version,
            licence=badges[version.pk],
            gaps=len(provenance_gaps(version.provenance)),
            scan=newest.get(version.pk),
            personal=found.get(version.pk),
        )
        for version in wanted
    }


def _scans(versions: list[DatasetVersion]) -> Iterable[ScanRun]:
    total = KeyTransform("total", KeyTransform("personal_data", "result"))
    rows = ScanRun.objects.filter(dataset_version__in=versions).defer("log", "result", "config")
    return rows.annotate(personal=total).order_by("pk")


def with_newest(datasets: Iterable[Dataset]) -> list[tuple[Dataset, Glance | None]]:
    """Each dataset with a glance at the newest version of its main branch. None for a dataset without versions.

    The datasets come from `datasets_listed_for`.
    """
    listed = list(datasets)
    keys = [getattr(dataset, "newest_pk", None) for dataset in listed]
    rows = DatasetVersion.objects.filter(pk__in=[key for key in keys if key is not None])
    glances = glances_of(rows.defer("statistics", "columns").select_related("dataset"))
    return [(dataset, glances.get(key or 0)) for dataset, key in zip(listed, keys, strict=True)]
