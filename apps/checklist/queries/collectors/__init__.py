"""All collectors by id: each is a pure function from facts to findings, and what they say of anything at present."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from apps.catalog.models import DatasetVersion
from apps.checklist.queries.collectors import (
    dataset,
    documentation,
    drift,
    evaluation,
    incidents,
    licence,
    model,
    risks,
    scan,
    sections,
    serving,
    systems,
    tuning,
)
from apps.checklist.queries.collectors.measurements import measurements_of
from apps.checklist.queries.collectors.systems import SystemFacts
from apps.checklist.queries.facts import DataFacts, Facts, data_facts_of, facts_of
from apps.checklist.rules import Finding, Known
from apps.checklist.rules.frameworks import DATASET, DEPLOYMENT, MODEL, SYSTEM
from apps.core.canonical import digest_of
from apps.registry.models import ModelVersion
from apps.serving.models import Deployment

Collect = Callable[[Facts], list[Finding]]
CollectData = Callable[[DataFacts], list[Finding]]
CollectSystem = Callable[[SystemFacts], list[Finding]]

# Those that speak of data, with or without a model that came from it.
COLLECT_DATA: dict[str, CollectData] = {
    "dataset.provenance": dataset.provenance,
    "dataset.permission": dataset.permission,
    "dataset.licence": licence.licence,
    "dataset.confidentiality": dataset.confidentiality,
    "dataset.pii": scan.pii,
    "dataset.duplicates": scan.duplicates,
    "dataset.integrity": scan.integrity,
    "dataset.generation": dataset.generation,
    "dataset.poisoning": sections.poisoning,
    "dataset.generated": sections.generated,
    "dataset.markers": sections.markers,
    "dataset.sensitive": sections.sensitive,
    "dataset.contamination": sections.contamination,
    "incidents.record": incidents.of_data,
}
COLLECT: dict[str, Collect] = {
    **COLLECT_DATA,
    "model.limitations": model.limitations,
    "model.risks": model.risks,
    "evaluation.metrics": evaluation.metrics,
    "tuning.recipe": tuning.recipe,
    "model.transparency": model.transparency,
    "lineage.base_models": licence.base_models,
    "tuning.energy": tuning.energy,
    "serving.deployments": serving.deployments,
    "serving.disclosure": serving.disclosure,
    "reports.pack": documentation.pack,
    "monitoring.drift": drift.drift,
    "incidents.record": incidents.of_version,
    "risks.register": risks.of_version,
    "lineage.systems": systems.of_version,
}
# Those that speak of a system itself, and not of each version at work in it alone.
COLLECT_SYSTEM: dict[str, CollectSystem] = {
    "incidents.record": incidents.of_system,
    "risks.register": risks.of_system,
    "lineage.systems": systems.of_system,
}


def known_of(versions: Sequence[ModelVersion]) -> dict[int, Known]:
    """Everything the platform knows at present about each of these versions, by its id. Constant queries."""
    return {pk: known_from(facts) for pk, facts in facts_of(versions).items()}


def known_from(facts: Facts) -> Known:
    """What the collectors say of these facts.

    Deployments come after approval, so a statement about them holds for the version's files, not for what runs.
    """
    manifest = facts.version.manifest_digest
    digests = {DATASET: _data_digest(facts), MODEL: manifest, DEPLOYMENT: manifest, SYSTEM: manifest}
    findings = {name: collect(facts) for name, collect in COLLECT.items()}
    return Known(findings, digests, measurements_of(facts))


def known_of_deployment(deployment: Deployment, facts: Facts) -> Known:
    """What is known of one deployment: of its version, and of no other place where that runs."""
    known = known_from(replace(facts, deployments=(deployment,)))
    place = [facts.version.manifest_digest, deployment.pk, deployment.environment, deployment.purpose]
    return replace(known, subject_digests={**known.subject_digests, DEPLOYMENT: digest_of(place)})


def known_of_data(versions: Sequence[DatasetVersion]) -> dict[int, Known]:
    """Everything the platform knows at present about each of these dataset versions alone. Constant queries."""
    found = {}
    for pk, facts in data_facts_of(versions).items():
        digest = _data_digest(facts)
        findings = {name: collect(facts) for name, collect in COLLECT_DATA.items()}
        found[pk] = Known(findings, dict.fromkeys((DATASET, MODEL, DEPLOYMENT, SYSTEM), digest))
    return found


def known_of_system(known: Known, facts: SystemFacts) -> Known:
    """What is known of a system: `known` of its versions taken together, and what is on record about itself."""
    own = {name: collect(facts) for name, collect in COLLECT_SYSTEM.items()}
    return replace(known, findings={**known.findings, **own})


def findings_for(version: ModelVersion) -> dict[str, list[Finding]]:
    """The present findings about one version by collector; an empty list where a collector finds nothing."""
    return dict(known_of([version])[version.pk].findings)


def _data_digest(facts: DataFacts) -> str:
    return digest_of(sorted(data.digest for data in facts.datasets))
