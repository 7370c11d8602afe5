"""The smaller parts of an SPDX 3.0.1 document: hashes, dictionaries, energy, levels, and properties of our own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.registry.rules.cards.described import Described

Element = dict[str, Any]
PREFIX = "genaiops:"
# The traffic light protocol's colours, which SPDX uses, where a class of ours or of others says the same.
_LEVELS = {"public": "clear", "clear": "clear", "internal": "green", "confidential": "amber", "restricted": "red"}
_LEVELS |= {"green": "green", "amber": "amber", "red": "red", "secret": "red", "strictly confidential": "red"}
_PHASES = {
    "training": "ai_trainingEnergyConsumption",
    "fine-tuning": "ai_finetuningEnergyConsumption",
    "inference": "ai_inferenceEnergyConsumption",
}


def without_blanks(told: Mapping[str, Any]) -> Element:
    """What is said, without what is not; False and 0 say something."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def hashes(digest: str) -> list[Element]:
    """One SHA-256, or none."""
    return [{"type": "Hash", "algorithm": "sha256", "hashValue": digest}] if digest else []


def dictionary(rows: Iterable[tuple[str, str]]) -> list[Element]:
    """Keys with their values."""
    return [{"type": "DictionaryEntry", "key": key, "value": value} for key, value in rows if key and value]


def extension(told: Mapping[str, str]) -> list[Element]:
    """Properties of our namespace, in the order of their names."""
    rows = [
        {
            "type": "extension_CdxPropertyEntry",
            "extension_cdxPropName": f"{PREFIX}{name}",
            "extension_cdxPropValue": value,
        }
        for name, value in sorted(told.items())
        if value
    ]
    return [{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": rows}] if rows else []


def presence(known: Sequence[bool | None]) -> str:
    """`yes` where one is, `no` where all are known not to be, otherwise no assertion."""
    if any(known):
        return "yes"
    return "no" if known and all(one is False for one in known) else "noAssertion"


def confidentiality(said: Sequence[str]) -> str:
    """SPDX's level, where the class on record is one of the words that mean the same."""
    return next((_LEVELS[words] for one in said if (words := one.strip().lower()) in _LEVELS), "")


def energy(described: Described) -> Element:
    """Energy by phase: measured by runs, and what an imported bill said."""
    phases: dict[str, list[Element]] = {}
    for run in described.runs:
        if run.energy_kwh is not None and run.activity in _PHASES:
            phases.setdefault(_PHASES[run.activity], []).append(_quantity(run.energy_kwh))
    declared = described.statements.get("energy")
    for one in declared if isinstance(declared, list) else [declared]:
        if isinstance(one, dict) and one.get("activity") in _PHASES and isinstance(one.get("kwh"), int | float):
            phases.setdefault(_PHASES[one["activity"]], []).append(_quantity(float(one["kwh"])))
    return {"type": "ai_EnergyConsumption"} | phases if phases else {}


def _quantity(kwh: float) -> Element:
    return {"type": "ai_EnergyConsumptionDescription", "ai_energyQuantity": kwh, "ai_energyUnit": "kilowattHour"}
