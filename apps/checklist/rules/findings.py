"""What collectors find, and whether what was found earlier still holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apps.checklist.rules.measurements import Measurement
from apps.checklist.rules.status import UNKNOWN, strongest, weakest

# Every collector by its id, with what it reads, in words for the page and the report.
COLLECTORS: dict[str, str] = {
    "dataset.provenance": "Sources and datasheet: origin and collection",
    "dataset.permission": "Sources and datasheet: permission",
    "dataset.licence": "Licence of the data",
    "dataset.confidentiality": "Sources and datasheet: confidentiality",
    "dataset.pii": "Scan: personal data",
    "dataset.duplicates": "Scan: repeated rows",
    "dataset.integrity": "Digest of the data",
    "dataset.generation": "Sources and datasheet: written by people or machines",
    "dataset.poisoning": "Scan: signs of poisoning",
    "dataset.generated": "Scan: share written by machines",
    "dataset.markers": "Scan: copyright and confidentiality",
    "dataset.sensitive": "Scan: secrets and special categories",
    "dataset.contamination": "Scan: overlap with evaluation data",
    "model.limitations": "Model card: limitations",
    "model.risks": "Model card: risks",
    "evaluation.metrics": "Evaluation",
    "tuning.recipe": "Tuning: recipe",
    "model.transparency": "What is on record about the model",
    "lineage.base_models": "Lineage: base models",
    "tuning.energy": "Tuning: energy",
    "serving.deployments": "Deployments",
    "serving.disclosure": "Acknowledgements of applications",
    "reports.pack": "Documentation on record",
    "monitoring.drift": "Drift and its alerts",
    "incidents.record": "Incidents and their clocks",
    "risks.register": "Risk register",
    "lineage.systems": "Lineage: systems that it works in",
}

# Keys of `Finding.value` that the gate reads.
ASKS = "asks"  # a sentence: what a person has to say something about before approval
# Collectors whose question is put wherever they bring evidence, not only where they answer first.
ALWAYS_ASK = frozenset({"dataset.poisoning", "dataset.generated", "dataset.markers", "dataset.contamination"})
# Questions that people answer on record and that the platform measures as well: the collector of the record, and that
# of the measurement. Permission is what the licences say to the intended use. Markers of rights answer nothing alone:
# text without any notice is protected all the same.
MEASURED_BY = {
    "dataset.permission": "dataset.licence",
    "dataset.confidentiality": "dataset.sensitive",
    "dataset.generation": "dataset.generated",
}
BLOCKS = "blocks"  # a sentence: what stands against approval whatever is said
REMEDY = "remedy"  # what would take the block away
GAP = "gap"  # a sentence: what is not on record, where the summary says more than that
USES = "uses_unsaid"  # a sentence: licences restrict uses, and nobody has said what the model is meant for
PLACE = "place"  # where something is said that was asked for: {"type", "id"} of the object whose page takes it
CONFLICTS = "conflicts"  # terms of licences against the intended use; each blocks unless waived


@dataclass(frozen=True)
class Finding:
    """What one collector found about one thing.

    `status` is how it is known; "unknown" means that the collector looked and the record is missing or incomplete.
    `subject_digest` changes whenever the thing it speaks of changes.
    """

    collector: str
    status: str
    method: str
    summary: str
    subject_type: str
    subject_id: str
    subject_label: str
    subject_digest: str
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> tuple[str, str, str]:
        """Which collector speaks of which thing."""
        return (self.collector, self.subject_type, self.subject_id)


@dataclass(frozen=True)
class Known:
    """All present findings about one subject, with the digest of each kind of thing a question can speak of.

    `measurements` are the figures of finished evaluations, the newest first.
    `bases` remembers what statements speak of (rules/statements.py): hundreds of questions speak of the same.
    """

    findings: Mapping[str, list[Finding]]
    subject_digests: Mapping[str, str]
    measurements: tuple[Measurement, ...] = ()
    bases: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict, compare=False, repr=False)

    def of(self, collectors: Iterable[str]) -> list[Finding]:
        """The findings of these collectors, in their order."""
        return [finding for collector in collectors for finding in self.findings.get(collector, [])]

    def status_of(self, collectors: Iterable[str]) -> str:
        """How well the best of these collectors knows what it says; each as well as the least known of its things."""
        return strongest(weakest(finding.status for finding in self.findings.get(name, [])) for name in collectors)

    @cached_property
    def digest_by_subject(self) -> dict[tuple[str, str, str], str]:
        """The present digest of each thing that a collector speaks of."""
        return {finding.subject: finding.subject_digest for every in self.findings.values() for finding in every}


def is_known(finding: Finding) -> bool:
    """Whether the finding says something, beyond that a record is missing."""
    return finding.status != UNKNOWN
