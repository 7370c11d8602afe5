"""Reading the model card inside a CycloneDX bill."""

from collections.abc import Mapping
from typing import Any

from apps.registry.rules.cards.figures import value_of
from apps.registry.rules.cards.found import Figure, Found
from apps.registry.rules.cards.reading import in_a_line, listed, one_or_many, paragraph, whole

_FAIRNESS = {"group": "groupAtRisk", "benefits": "benefits", "harms": "harms", "mitigation": "mitigationStrategy"}
_LISTS = {
    "users": "users",
    "useCases": "intended_uses",
    "technicalLimitations": "limitations",
    "performanceTradeoffs": "tradeoffs",
}
_UNITS = {"kwh": 1.0, "mwh": 1_000.0, "wh": 0.001}
_NOT_SAID = "not recorded"

Holder = Mapping[str, Any]


def read_card(card: Holder, components: Mapping[str, dict[str, Any]], found: Found) -> None:
    """Parameters, figures and considerations; `components` are those of the bill by their references."""
    _read_parameters(_mapping(card, "modelParameters"), components, found)
    for one in whole(_mapping(card, "quantitativeAnalysis").get("performanceMetrics")):
        if isinstance(one, dict) and in_a_line(one.get("value")):
            found.figures.append(_figure(one))
    considerations = _mapping(card, "considerations")
    for term, name in _LISTS.items():
        found.say(name, [words for one in listed(considerations.get(term)) if (words := paragraph(one))])
    for one in listed(considerations.get("ethicalConsiderations")):
        found.say("risks", [risk] if (risk := _risk(one)) else [])
    for one in listed(considerations.get("fairnessAssessments")):
        if isinstance(one, dict):
            told = {name: words for name, term in _FAIRNESS.items() if (words := paragraph(one.get(term)))}
            found.say("fairness", [told] if told else [])
    _read_energy(_mapping(considerations, "environmentalConsiderations"), found)


def _read_parameters(told: Holder, components: Mapping[str, dict[str, Any]], found: Found) -> None:
    found.say("task", in_a_line(told.get("task")))
    architecture = paragraph(told.get("modelArchitecture")) or paragraph(told.get("architectureFamily"))
    found.say("architecture", architecture[:120])
    if learning := in_a_line(_mapping(told, "approach").get("type")):
        found.say("training_procedure", f"Learning: {learning}")
    sides = [[in_a_line(one.get("format")) for one in _mappings(told.get(side))] for side in ("inputs", "outputs")]
    words = [", ".join(part for part in side if part) for side in sides]
    modality = words[0] if words[0] == words[1] else " to ".join(part for part in words if part)
    found.say("modality", modality[:60])
    for one in _mappings(told.get("datasets")):
        _read_dataset(components.get(str(one.get("ref"))) or one, found)


def _read_dataset(data: Holder, found: Found) -> None:
    """A dataset, inline or as a component of the bill with its own description of data."""
    parts = [data, *_mappings(data.get("data"))]
    if name := in_a_line(data.get("name")):
        version = in_a_line(data.get("version"))
        found.say("training_data", [f"{name} {version}".strip()])
    for part in parts:
        found.say("data_confidentiality", [words] if (words := in_a_line(part.get("classification"))) else [])
        found.say("personal_data", [words for one in listed(part.get("sensitiveData")) if (words := in_a_line(one))])
        if words := paragraph(part.get("description")):
            found.say("data_making", [words])


def _figure(one: Holder) -> Figure:
    value, text = value_of(one["value"])
    interval = _mapping(one, "confidenceInterval")
    return Figure(
        name=in_a_line(one.get("type"))[:250] or "value",
        value=value,
        text=text,
        dataset_name=in_a_line(one.get("slice"))[:200],
        low=value_of(interval.get("lowerBound"))[0],
        high=value_of(interval.get("upperBound"))[0],
    )


def _risk(one: Any) -> Any:
    if not isinstance(one, dict):
        return ""
    name, mitigation = paragraph(one.get("name")), paragraph(one.get("mitigationStrategy"))
    return {"name": name, "mitigation": mitigation} if mitigation else name


def _read_energy(told: Holder, found: Found) -> None:
    for one in _mappings(told.get("energyConsumptions")):
        cost, carbon = _mapping(one, "activityEnergyCost"), _mapping(one, "co2CostEquivalent")
        factor = _UNITS.get(in_a_line(cost.get("unit")).lower() or "kwh")
        value = value_of(cost.get("value"))[0]
        if value is None or factor is None:
            found.note("An energy consumption without a number of kWh was left out.")
            continue
        row: dict[str, Any] = {"activity": in_a_line(one.get("activity")) or "other", "kwh": value * factor}
        if (tonnes := value_of(carbon.get("value"))[0]) is not None:
            row["co2_tonnes"] = tonnes
        named = [
            in_a_line(_mapping(provider, "organization").get("name"))
            for provider in _mappings(one.get("energyProviders"))
        ]
        if sold := one_or_many([name for name in named if name and name != _NOT_SAID]):
            row["provider"] = sold
        found.say("energy", [row])


def _mapping(holder: Holder, name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [one for one in listed(value) if isinstance(one, dict)]
