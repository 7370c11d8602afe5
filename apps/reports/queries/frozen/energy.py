"""Energy that the work on a snapshot's versions used, by kind of work, with what could be read of emissions."""

from typing import Any


def energy_of(versions: list[dict[str, Any]]) -> dict[str, Any]:
    """Kilowatt-hours and kilograms of CO2 equivalent of the runs that the snapshot holds; None where none measured."""
    tuning = [one["tuning"] for one in versions if one["tuning"]]
    runs = {
        "tuning": tuning,
        "evaluation": [run for one in versions for run in one["evaluations"]],
        "drift": [run for one in versions for run in one["drift"]],
    }
    by_kind = {kind: _total(run["energy_kwh"] for run in each) for kind, each in runs.items()}
    return {
        "kwh": by_kind,
        "kwh_total": _total(by_kind.values()),
        "kg_co2e": _total(((run["result"] or {}).get("energy") or {}).get("kgco2e") for run in tuning),
    }


def _total(values: Any) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
