"""Collectors that speak of the model itself: what its card says, what is on record, and what it was made from."""

from typing import Any

from apps.checklist.queries.collectors.words import counted, is_said, joined, plain
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import DECLARED, IMPORTED, MEASURED, Finding
from apps.checklist.rules.findings import ASKS
from apps.core.canonical import digest_of
from apps.registry.models import ModelVersion
from apps.registry.queries.licences import licence_on_record
from apps.registry.rules.wording import same_words

SUBJECT = ModelVersion._meta.label_lower
FROM_CARD = "Read from the model card (README.md) among the version's files"


def model_finding(
    collector: str,
    version: ModelVersion,
    status: str,
    method: str,
    summary: str,
    *,
    speaks_of: Any,
    value: dict[str, Any] | None = None,
) -> Finding:
    """A finding about a model version; its digest covers the version's files and `speaks_of`."""
    return Finding(
        collector=collector,
        status=status,
        method=method,
        summary=summary,
        subject_type=SUBJECT,
        subject_id=str(version.pk),
        subject_label=str(version),
        subject_digest=digest_of({"manifest": version.manifest_digest, "speaks_of": speaks_of}),
        value=value or {},
    )


def card_value(version: ModelVersion, name: str) -> Any:
    """What the front matter of the version's model card says under this key; None where it says nothing."""
    values = version.facts.get("card_values")
    return values.get(name) if isinstance(values, dict) else None


def card_section(version: ModelVersion, name: str) -> str:
    """The section of the version's model card under this heading; empty where there is none."""
    sections = version.facts.get("card_sections")
    return str(sections.get(name) or "") if isinstance(sections, dict) else ""


def _from_card(facts: Facts, collector: str, section: str) -> list[Finding]:
    """What is said of the version, or the section of its own card, or else of its base models' cards, which a person
    has to judge."""
    if section in facts.statements:
        return [_said(facts, collector, section)]
    own = card_section(facts.version, section)
    if own:
        return [model_finding(collector, facts.version, IMPORTED, FROM_CARD, plain(own) + ".", speaks_of=own)]
    asks = f"The {section} are those of a base model; nobody has said whether they hold for this version."
    return [
        model_finding(
            collector,
            base,
            IMPORTED,
            f"{FROM_CARD.replace('the version', 'the base model')}",
            f"Of the base model {base}: {plain(card_section(base, section))}.",
            speaks_of=card_section(base, section),
            value={ASKS: asks},
        )
        for base in facts.ancestors
        if card_section(base, section)
    ]


def _said(facts: Facts, collector: str, section: str) -> Finding:
    """A statement on record, with the document that it is from where it was taken over from one."""
    one = facts.statements[section]
    file = one.document.filename if one.document else ""
    own = card_section(facts.version, section)
    words = f"{plain(one.value)}."
    value: dict[str, Any] = {"document": one.document_id, "digest": one.document.digest} if one.document else {}
    if own and not same_words(own, plain(one.value)):
        words += f" The model card among its files says otherwise: {plain(own)}."
        value |= {ASKS: f"The record and the model card among its files differ on the {section}; say which holds."}
    return model_finding(
        collector,
        facts.version,
        IMPORTED if one.status == IMPORTED else DECLARED,
        f"Taken over from {file}" if file else "Said on the page of the version",
        words,
        speaks_of=one.value,
        value=value,
    )


def limitations(facts: Facts) -> list[Finding]:
    """What the model card says the model cannot do."""
    return _from_card(facts, "model.limitations", "limitations")


def risks(facts: Facts) -> list[Finding]:
    """What the model card says about risks."""
    return _from_card(facts, "model.risks", "risks")


def items_on_record(facts: Facts) -> dict[str, bool]:
    """What an outsider would want to look into, and whether it is on record."""
    version = facts.version
    return {
        "weights and their digest": bool(version.manifest_digest),
        "architecture": bool(version.architecture),
        "number of parameters": version.parameters is not None,
        "licence": bool(version.licence),
        "intended purpose": bool(version.model.intended_purpose),
        "training data": bool(facts.own_data),
        "base models' training data": not facts.ancestors_without_data,
        "how it was made": facts.tuning is not None or bool(version.source),
        "how it was tested": bool(facts.evaluations),
    }


def transparency(facts: Facts) -> list[Finding]:
    """How many of the things that make a model transparent are on record, and which are not."""
    if not facts.version.manifest_digest:
        return []
    items = items_on_record(facts)
    there = [name for name, is_there in items.items() if is_there]
    missing = [name for name, is_there in items.items() if not is_there]
    summary = f"{len(there)} of {len(items)} items are on record: {joined(there)}."
    if missing:
        summary += f" Missing: {joined(missing)}."
    return [
        model_finding(
            "model.transparency",
            facts.version,
            MEASURED,
            "Counted by the platform among what is recorded about the version",
            summary,
            speaks_of=items,
            value={"on_record": there, "missing": missing},
        )
    ]


def base_models(facts: Facts) -> list[Finding]:
    """Every model that this one descends from, back to the first that is known."""
    if not facts.ancestors:
        return _base_models_of_card(facts.version)
    line = [_described(base) for base in facts.ancestors]
    summary = f"Made from {' — made from '.join(item['words'] for item in line)}."
    beyond = card_value(facts.ancestors[-1], "base_model")
    if is_said(beyond):
        summary += f" The card of {facts.ancestors[-1]} names {plain(beyond)} as its base; it is not registered here."
    return [
        model_finding(
            "lineage.base_models",
            facts.version,
            MEASURED,
            "Recorded by the platform when the model was tuned from the base's files",
            summary,
            speaks_of=line,
            value={"base_models": line},
        )
    ]


def _described(base: ModelVersion) -> dict[str, Any]:
    size = f", {counted(base.parameters, 'parameter')}" if base.parameters else ""
    licence, source = licence_on_record(base) or "none recorded", base.source or "this platform"
    return {
        "label": str(base),
        "manifest_digest": base.manifest_digest,
        "licence": base.licence,
        "words": f"{base} ({base.architecture or 'architecture unknown'}{size}; licence: {licence}; from {source}; "
        f"digest {base.manifest_digest[:12]}…)",
    }


def _base_models_of_card(version: ModelVersion) -> list[Finding]:
    named = card_value(version, "base_model")
    if not is_said(named):
        return []
    relation = card_value(version, "base_model_relation")
    summary = f"The model card names as base: {plain(named)}" + (f" ({plain(relation)})." if is_said(relation) else ".")
    return [
        model_finding(
            "lineage.base_models",
            version,
            IMPORTED,
            FROM_CARD,
            summary,
            speaks_of=named,
            value={"base_models": named},
        )
    ]
