"""All collectors by id: each is a pure function from facts to findings."""

from collections.abc import Callable, Sequence

from apps.checklist.queries.collectors import (
    dataset,
    documentation,
    evaluation,
    licence,
    model,
    scan,
    sections,
    serving,
    tuning,
)
from apps.checklist.queries.facts import Facts, facts_of
from apps.checklist.rules import Finding, Known
from apps.core.canonical import digest_of
from apps.registry.models import ModelVersion

Collect = Callable[[Facts], list[Finding]]

COLLECT: dict[str, Collect] = {
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
}


def known_of(versions: Sequence[ModelVersion]) -> dict[int, Known]:
    """Everything the platform knows at present about each of these versions, by its id. Constant queries."""
    return {
        pk: Known({name: collect(facts) for name, collect in COLLECT.items()}, _subject_digests(facts))
        for pk, facts in facts_of(versions).items()
    }


def findings_for(version: ModelVersion) -> dict[str, list[Finding]]:
    """The present findings about one version by collector; an empty list where a collector finds nothing."""
    return dict(known_of([version])[version.pk].findings)


def _subject_digests(facts: Facts) -> dict[str, str]:
    """What a statement about the data, the model or its use speaks of.

    Deployments come after approval, so a statement about them holds for the version's files, not for what runs.
    """
    data = sorted(one.digest for one, _ in facts.data)
    manifest = facts.version.manifest_digest
    return {"dataset": digest_of(data), "model": manifest, "deployment": manifest}
