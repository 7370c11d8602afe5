"""What the collectors find about versions and data at the moment of a snapshot, as they would answer questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.catalog.models import DatasetVersion
from apps.checklist.queries.collectors import known_of, known_of_data
from apps.checklist.rules import COLLECTORS, Finding, Known
from apps.registry.models import ModelVersion
from apps.reports.queries.words import without_paths

Told = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Findings:
    """Present findings by version and by dataset version."""

    versions: Mapping[int, Known]
    datasets: Mapping[int, Known]

    def of_version(self, pk: int) -> Told:
        """What is found about one version, by collector."""
        return _told(self.versions.get(pk))

    def of_dataset(self, pk: int) -> Told:
        """What is found about one dataset version alone, by collector."""
        return _told(self.datasets.get(pk))


def findings_of(versions: list[ModelVersion], datasets: list[DatasetVersion]) -> Findings:
    """Ask every collector about these things. The number of queries does not depend on how many there are."""
    return Findings(known_of(versions), known_of_data(datasets))


def _told(known: Known | None) -> Told:
    if known is None:
        return {}
    return {name: [_finding(one) for one in found] for name, found in known.findings.items() if found}


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "title": COLLECTORS[one.collector],
        "status": one.status,
        "method": one.method,
        "summary": one.summary,
        "subject_type": one.subject_type,
        "subject_id": one.subject_id,
        "subject_label": one.subject_label,
        "subject_digest": one.subject_digest,
        "value": without_paths(one.value),
    }
