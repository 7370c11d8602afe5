"""The model card inside a CycloneDX bill: parameters, figures and considerations."""

from typing import Any

from apps.catalog.rules.metadata.found import is_blank
from apps.registry.rules.cards.described import Described, RunFacts
from apps.registry.rules.cards.found import Figure

TONNES = 1e-3  # in a kilogram
TONNES_OF_A_GRAM = 1e-6
ACTIVITIES = frozenset(
    {
        "design",
        "data-collection",
        "data-preparation",
        "training",
        "fine-tuning",
        "validation",
        "deployment",
        "inference",
        "other",
    }
)


def model_card(described: Described, told: list[dict[str, str]]) -> dict[str, Any]:
    """The card; `told` are the properties that go with it."""
    card = {
        "modelParameters": _parameters(described),
        "quantitativeAnalysis": {"performanceMetrics": [_metric(one) for one in described.figures]},
        "considerations": _considerations(described),
        "properties": told,
    }
    if not described.figures:
        del card["quantitativeAnalysis"]
    return {name: value for name, value in card.items() if value not in ([], {})}


def _parameters(described: Described) -> dict[str, Any]:
    said = described.said()
    modality = [words for words in said.get("modality", []) if words]
    told: dict[str, Any] = {
        "task": "; ".join(said.get("task", [])),
        "modelArchitecture": "\n".join(said.get("architecture", [])),
        "datasets": [
            *({"ref": one.key} for one in described.data if one.use == "training" and not one.of),
            *_named(described),
        ],
        "inputs": [{"format": part} for words in modality for part in _side(words, 0)],
        "outputs": [{"format": part} for words in modality for part in _side(words, 1)],
    }
    return {name: value for name, value in told.items() if value not in ([], "")}


def _named(described: Described) -> list[dict[str, Any]]:
    """Training data that is only named in words."""
    named = described.statements.get("training_data")
    names = [] if is_blank(named) else named if isinstance(named, list) else [named]
    return [{"type": "dataset", "name": str(name)} for name in names]


def _side(modality: str, side: int) -> list[str]:
    """`text to image` has one side that goes in and one that comes out; a single word is both."""
    sides = modality.replace("→", " to ").split(" to ", 1)
    words = sides[min(side, len(sides) - 1)]
    return [part.strip() for part in words.replace(" and ", ",").split(",") if part.strip()]


def _metric(one: Figure) -> dict[str, Any]:
    slice_ = " ".join(part for part in (one.dataset_name or one.dataset, one.config, one.split) if part)
    told: dict[str, Any] = {"type": one.name, "value": one.said, "slice": slice_}
    if one.low is not None and one.high is not None:
        told["confidenceInterval"] = {"lowerBound": repr(one.low), "upperBound": repr(one.high)}
    return {name: value for name, value in told.items() if value}


def _considerations(described: Described) -> dict[str, Any]:
    said = described.said()
    told = {
        "users": said.get("users", []),
        "useCases": said.get("intended_uses", []),
        "technicalLimitations": said.get("limitations", []),
        "performanceTradeoffs": said.get("tradeoffs", []),
        "ethicalConsiderations": _risks(described),
        "environmentalConsiderations": _environment(described),
        "fairnessAssessments": _fairness(described),
    }
    return {name: value for name, value in told.items() if value not in ([], {})}


def _risks(described: Described) -> list[dict[str, str]]:
    """Each risk with what is done against it, where both are on record."""
    rows = []
    for name in ("risks", "biases"):
        value = described.statements.get(name)
        listed = [] if is_blank(value) else value if isinstance(value, list) else [value]
        rows += [_risk(one) for one in listed]
        rows += [{"name": words} for words in described.measured.get(name, ())]
    return rows


def _risk(one: Any) -> dict[str, str]:
    if isinstance(one, dict):
        told = {"name": str(one.get("name") or ""), "mitigationStrategy": str(one.get("mitigation") or "")}
        return {name: value for name, value in told.items() if value}
    return {"name": str(one)}


_FAIRNESS = {"groupAtRisk": "group", "benefits": "benefits", "harms": "harms", "mitigationStrategy": "mitigation"}


def _fairness(described: Described) -> list[dict[str, str]]:
    value = described.statements.get("fairness")
    rows = []
    for one in [] if is_blank(value) else value if isinstance(value, list) else [value]:
        told = {term: str(one.get(name) or "") for term, name in _FAIRNESS.items()} if isinstance(one, dict) else {}
        rows.append({term: words for term, words in told.items() if words} or {"groupAtRisk": str(one)})
    return rows


def _environment(described: Described) -> dict[str, Any]:
    """Energy by activity: measured by runs, or as an imported bill said it."""
    rows = [_consumption(run) for run in described.runs if run.energy_kwh is not None]
    declared = described.statements.get("energy")
    for one in declared if isinstance(declared, list) else [declared]:
        if isinstance(one, dict) and isinstance(one.get("kwh"), int | float):
            rows.append(_declared(one))
    return {"energyConsumptions": rows} if rows else {}


def _consumption(run: RunFacts) -> dict[str, Any]:
    energy = {"value": run.energy_kwh, "unit": "kWh"}
    told: dict[str, Any] = {
        "activity": run.activity,
        "energyProviders": [_provider(energy)],
        "activityEnergyCost": energy,
    }
    if run.co2_kg is not None:
        told["co2CostEquivalent"] = {"value": run.co2_kg * TONNES, "unit": "tCO2eq"}
    how = [{"name": "genaiops:run", "value": run.key}]
    return told | {
        "properties": how + ([{"name": "genaiops:energy:method", "value": run.method}] if run.method else [])
    }


def _declared(one: dict[str, Any]) -> dict[str, Any]:
    activity = str(one.get("activity") or "other")
    energy = {"value": one["kwh"], "unit": "kWh"}
    told: dict[str, Any] = {
        "activity": activity if activity in ACTIVITIES else "other",
        "energyProviders": [_provider(energy)],
        "activityEnergyCost": energy,
    }
    if isinstance(one.get("co2_tonnes"), int | float):
        told["co2CostEquivalent"] = {"value": one["co2_tonnes"], "unit": "tCO2eq"}
    return told


def _provider(energy: dict[str, Any]) -> dict[str, Any]:
    """The standard wants a provider; who sold the power is nowhere on record."""
    return {"organization": {"name": "not recorded"}, "energySource": "unknown", "energyProvided": energy}
