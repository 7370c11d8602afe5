"""Collectors that speak of how a model was made: its recipe, and the energy that it took.

The shape of a tuning's result is `workers.tuning.engine.Result`, as its door stores it.
"""

from typing import Any

from apps.checklist.queries.collectors.model import FROM_CARD, card_value, model_finding
from apps.checklist.queries.collectors.words import counted, is_said, joined, plain
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import IMPORTED, MEASURED, Finding
from apps.checklist.rules.findings import ASKS
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.rules.recreation import DIFFERS, IDENTICAL, OUTCOMES, WITHIN


def recipe(facts: Facts) -> list[Finding]:
    """Whether everything needed to make the model again was kept."""
    run = facts.tuning
    if run is None:
        return []
    kept = _kept(run)
    missing = [name for name, value in kept.items() if not is_said(value)]
    there = [name for name in kept if name not in missing]
    result = run.result or {}
    outcome = _outcome(facts.recreation)
    differs = outcome.get("outcome") == DIFFERS
    summary = f"{_verdict(missing, result, outcome)} Kept: {joined(there)}. {_repeated(facts.recreation)}"
    return [
        model_finding(
            "tuning.recipe",
            facts.version,
            MEASURED,
            f"Recorded by the platform while tuning run {run.pk} was at work",
            summary,
            # A repetition that confirms the record changes nothing for those who spoke of it; one that does not, does.
            speaks_of=kept | (outcome if differs else {}),
            value={"run": run.pk, "kept": kept, "missing": missing, "repeatable": bool(result.get("repeatable"))}
            | outcome
            | ({ASKS: "A repetition gave another model, and nobody has said why."} if differs else {}),
        )
    ]


def _verdict(missing: list[str], result: dict[str, Any], outcome: dict[str, Any]) -> str:
    """Whether the model can be made again, in a sentence."""
    if missing:
        return f"Not fully: {joined(missing)} {'is' if len(missing) == 1 else 'are'} not on record."
    if outcome.get("outcome") in (IDENTICAL, WITHIN):
        return "Yes, and it was done."
    if outcome.get("outcome") == DIFFERS:
        return "Not as recorded: a repetition came out different."
    if result.get("repeatable"):
        return "Yes: a run on the same software and processor is expected to give the same weights."
    return "Yes, though not to the last digit: the hardware or number format used does not repeat exactly."


def _outcome(recreation: RecreationRun | None) -> dict[str, Any]:
    """What the newest repetition of the tuning came to; empty without one."""
    if recreation is None or not recreation.result:
        return {}
    return {"recreation": recreation.pk, "outcome": recreation.result["outcome"]}


def _repeated(recreation: RecreationRun | None) -> str:
    if recreation is None or not recreation.result:
        return "The run was not repeated to prove it."
    outcome = OUTCOMES[recreation.result["outcome"]].lower()
    return f"Recreation {recreation.pk}: {outcome}. {recreation.result['because']}"


def _kept(run: TuningRun) -> dict[str, Any]:
    """The ingredients of a tuning by name; empty where one was not recorded."""
    result = run.result or {}
    environment = result.get("environment") or {}
    seed = result.get("seed")
    return {
        "the training data": run.dataset_version.digest,
        "the base model": run.base_version.manifest_digest,
        "the settings": result.get("config") or run.config,
        "the seed": None if seed is None else str(seed),
        "the split into training and held-out rows": run.held_out_digest,
        "the software versions": environment.get("packages"),
        "the hardware": environment.get("processor") or environment.get("gpu"),
        "the digest of the result": result.get("model_weights_sha256"),
    }


def energy(facts: Facts) -> list[Finding]:
    """Energy, time and hardware of the tuning; or of the whole training, as the model card says."""
    run = facts.tuning
    measured = (run.result or {}).get("energy") if run else None
    if run is None or not isinstance(measured, dict):
        return _energy_of_card(facts)
    kwh = float(measured["kwh"])
    hardware = _hardware((run.result or {}).get("environment") or {})
    country = f"{measured.get('country', '')}{', assumed' if measured.get('country_assumed') else ''}"
    summary = (
        f"{_kwh(kwh)} of electricity in {counted(round(float(measured['seconds'])), 'second')} on {hardware}, about "
        f"{float(measured['kgco2e']):.2g} kg CO2 equivalent with the electricity mix of {country}. {_of_bases(facts)}"
    )
    return [
        model_finding(
            "tuning.energy",
            facts.version,
            MEASURED,
            f"{measured.get('tool', 'codecarbon')}: {measured.get('method', 'method not recorded')}"[:300],
            summary.strip(),
            speaks_of={"run": run.pk, "kwh": repr(kwh)},
            value={"run": run.pk, **{key: item for key, item in measured.items() if key != "method"}},
        )
    ]


def _kwh(kwh: float) -> str:
    """Kilowatt-hours with two significant digits; small amounts as watt-hours, so that they are not read as none."""
    return f"{kwh:.2g} kWh" if kwh >= 0.01 else f"{kwh * 1000:.2g} Wh"


def _hardware(environment: dict[str, Any]) -> str:
    named = environment.get("gpu") or environment.get("processor")
    return f"{named}, {environment.get('cores', '?')} cores" if named else "hardware that was not recorded"


def _of_bases(facts: Facts) -> str:
    """Base models usually took far more; whether their energy is known is part of the answer."""
    if not facts.ancestors:
        return ""
    said = [
        f"{base}: {_emissions(value)}, as its card says"
        for base in facts.ancestors
        if is_said(value := card_value(base, "co2_eq_emissions"))
    ]
    unsaid = [str(base) for base in facts.ancestors if not is_said(card_value(base, "co2_eq_emissions"))]
    words = "The training of its base models is not included."
    if said:
        words += f" {'; '.join(said)}."
    if unsaid:
        words += f" For {joined(unsaid)} no figure is on record."
    return words


def _emissions(value: Any) -> str:
    """Hugging Face's `co2_eq_emissions`: grams, alone or with source and hardware."""
    return f"{value} g CO2 equivalent" if isinstance(value, int | float) else plain(value)


def _energy_of_card(facts: Facts) -> list[Finding]:
    said = card_value(facts.version, "co2_eq_emissions")
    if not is_said(said):
        return []
    summary = f"The model card says: {_emissions(said)}."
    return [
        model_finding(
            "tuning.energy",
            facts.version,
            IMPORTED,
            FROM_CARD,
            summary,
            speaks_of=said,
            value={"co2_eq_emissions": said},
        )
    ]
