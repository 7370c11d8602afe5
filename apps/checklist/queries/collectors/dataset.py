"""Collectors that speak of every dataset version a model was trained on, its base models' included.

One finding a dataset version. Where one has no record, its finding says so and is "unknown", and the answer as a whole
is then no better known than that.
"""

from collections.abc import Callable
from typing import Any

from apps.catalog.models import DatasetVersion
from apps.catalog.rules import imported_from
from apps.catalog.rules.declared import carried_from, carried_words
from apps.checklist.queries.collectors import sources
from apps.checklist.queries.collectors.model import FROM_CARD, card_value, model_finding
from apps.checklist.queries.collectors.words import is_said, joined, plain
from apps.checklist.queries.facts import DataFacts, Facts
from apps.checklist.rules import DECLARED, IMPORTED, UNKNOWN, Finding
from apps.registry.models import ModelVersion

FromSources = Callable[[DataFacts, DatasetVersion], "sources.Said | None"]
SUBJECT = DatasetVersion._meta.label_lower
_TOLD = {
    "sources": "Sources",
    "origin": "Origin",
    "collection_method": "How it was made",
    "generation_period": "Period",
    "geography": "Geography",
    "preprocessing": "Cleaning",
}
_NEEDED = ("sources", "collection_method")


def data_finding(
    collector: str,
    data: DatasetVersion,
    status: str,
    method: str,
    summary: str,
    value: dict[str, Any] | None = None,
    digest: str = "",
) -> Finding:
    """A finding about one dataset version; without `digest` it speaks of content, licence and datasheet."""
    return Finding(
        collector=collector,
        status=status,
        method=method,
        summary=f"{data}: {summary}",
        subject_type=SUBJECT,
        subject_id=str(data.pk),
        subject_label=str(data),
        subject_digest=digest or data.provenance_digest,
        value=value or {},
    )


def of_each(
    facts: DataFacts, collector: str, missing: str, find: Callable[[DatasetVersion], Finding | None]
) -> list[Finding]:
    """What is found about each dataset version; those without a record say `missing`, unless none has one."""
    found = [(data, find(data)) for data in facts.datasets]
    if not any(finding for _, finding in found):
        return []
    return [
        finding or data_finding(collector, data, UNKNOWN, "Looked for and not found", missing)
        for data, finding in found
    ]


def _how_said(data: DatasetVersion, *names: str) -> tuple[str, str]:
    """Status and method of what these fields of a datasheet say: all read from a file, or some typed by a person, or
    carried over from an earlier version, of which the file spoke.
    """
    if carried := carried_from(data.carried, *names):
        return DECLARED, f"Datasheet of the dataset version, {carried_words(carried)}"
    sources = {imported_from(data.provenance, name) for name in names}
    if "" not in sources:
        return IMPORTED, f"Read from the datasheet file {plain(sources.pop())}"
    return DECLARED, "Datasheet of the dataset version, filled in by people of the team"


def provenance(facts: DataFacts) -> list[Finding]:
    """Sources and collection, and which models' data nobody has recorded beyond what their cards say."""
    missing = "the datasheet names neither sources nor how the data was made."

    def find(data: DatasetVersion) -> Finding | None:
        said = sources.provenance_said(facts, data)
        return _of_sources("dataset.provenance", data, said) or _provenance(data)

    found = of_each(facts, "dataset.provenance", missing, find)
    if not isinstance(facts, Facts):
        return found
    own = [] if facts.own_data else _of_card(facts.version)
    if not found and not own:
        return []
    inherited = [finding for base in facts.ancestors_without_data for finding in _of_card(base) or [_unknown(base)]]
    return [*own, *found, *inherited]


def _provenance(data: DatasetVersion) -> Finding | None:
    said = {name: data.provenance[name] for name in _TOLD if is_said(data.provenance.get(name))}
    if not any(name in said for name in _NEEDED):
        return None
    status, method = _how_said(data, *said)
    summary = " ".join(f"{_TOLD[name]}: {plain(value)}." for name, value in said.items())
    gaps = [_TOLD[name].lower() for name in _NEEDED if name not in said]
    if gaps:
        status, summary = UNKNOWN, f"{summary} Not recorded: {joined(gaps)}."
    return data_finding("dataset.provenance", data, status, method, summary, {"missing": gaps})


def _of_card(model: ModelVersion) -> list[Finding]:
    """The datasets that a model's card names, where it names any."""
    named = card_value(model, "datasets")
    if not is_said(named):
        return []
    summary = f"The card of {model} names as its training data: {plain(named)}. How it was made is not on record."
    return [
        model_finding(
            "dataset.provenance", model, IMPORTED, FROM_CARD, summary, speaks_of=named, value={"named": named}
        )
    ]


def _unknown(base: ModelVersion) -> Finding:
    return model_finding(
        "dataset.provenance",
        base,
        UNKNOWN,
        "Lineage, and the base model's card",
        f"What the base model {base} was trained on is not on record; a person has to say what is known.",
        speaks_of=[],
    )


def _of_sources(collector: str, data: DatasetVersion, said: "sources.Said | None") -> Finding | None:
    """What the records of a version's sources say; None where they say nothing."""
    if said is None:
        return None
    return data_finding(collector, data, said.status, said.method, said.summary, said.value, said.digest)


def _from_field(facts: DataFacts, collector: str, name: str, missing: str, said: FromSources) -> list[Finding]:
    """Findings that repeat what the sources say about one field, or else that field of each datasheet."""

    def find(data: DatasetVersion) -> Finding | None:
        if (found := _of_sources(collector, data, said(facts, data))) is not None:
            return found
        value = data.provenance.get(name)
        if not is_said(value):
            return None
        status, method = _how_said(data, name)
        return data_finding(collector, data, status, method, f"{plain(value)}.", {name: value})

    return of_each(facts, collector, missing, find)


def permission(facts: DataFacts) -> list[Finding]:
    """On what basis the data may be used."""
    missing = "neither the datasheet nor a source names a permission."
    return _from_field(facts, "dataset.permission", "permission", missing, sources.permission_said)


def confidentiality(facts: DataFacts) -> list[Finding]:
    """How the data is classified, and by whom."""
    missing = "nobody has classified the data."
    return _from_field(facts, "dataset.confidentiality", "confidentiality", missing, sources.confidentiality_said)


def generation(facts: DataFacts) -> list[Finding]:
    """What share was written by machines, as its makers say; no software tells that reliably."""
    missing = "the datasheet does not say whether machines wrote the data."

    def find(data: DatasetVersion) -> Finding | None:
        if (told := _of_sources("dataset.generation", data, sources.generation_said(facts, data))) is not None:
            return told
        value = data.provenance.get("ai_generated")
        if not is_said(value):
            return None
        status, method = _how_said(data, "ai_generated")
        summary = f"{_share(value)}{plain(value)}. This is what its makers say; it was not measured."
        return data_finding("dataset.generation", data, status, method, summary, {"ai_generated": value})

    return of_each(facts, "dataset.generation", missing, find)


def _share(value: Any) -> str:
    share = value.get("share") if isinstance(value, dict) else None
    if isinstance(share, bool) or not isinstance(share, int | float):
        return ""
    return f"{share:.0%} of the data is AI-generated. "
