"""The collector that speaks of whether data, or how well the version does, moved away from what it was fitted on."""

from typing import Any

from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import counted, listed
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import MEASURED, UNKNOWN, Finding
from apps.checklist.rules.findings import ASKS
from apps.monitoring.models import DriftRun
from apps.monitoring.rules import measure_named


def drift(facts: Facts) -> list[Finding]:
    """The newest finished measurement, with its alerts. On data that is not the version's own traffic, it says nothing
    about how this version does.
    """
    run = facts.watched.drift
    if run is None:
        return []
    by_measure = {name: int(number) for name, number in (_read(run, "by_measure") or {}).items() if number}
    alerts = int(_read(run, "alerts") or 0)
    value: dict[str, Any] = {
        "run": run.pk,
        "is_own_traffic": run.is_own_traffic,
        "alerts": alerts,
        "alerts_by_measure": by_measure,
        "chunks": int(_read(run, "chunks") or 0),
    }
    if run.is_own_traffic and alerts:
        value[ASKS] = f"Drift {run.pk} raised alerts, and nobody has said what follows from them."
    return [
        model_finding(
            "monitoring.drift",
            facts.version,
            MEASURED if run.is_own_traffic else UNKNOWN,
            f"Drift {run.pk}: {run.analysis} held against {run.reference}",
            _words(run, value),
            speaks_of={"run": run.pk, "observed": run.analysis.digest, "reference": run.reference.digest} | value,
            value=value,
        )
    ]


def _read(run: DriftRun, name: str) -> Any:
    """What `newest_drifts` read of the result."""
    return getattr(run, name, None)


def _words(run: DriftRun, value: dict[str, Any]) -> str:
    when = f" on {run.finished_at.date().isoformat()}" if run.finished_at else ""
    where = f"{counted(value['chunks'], 'chunk')} of {run.analysis}"
    said = f"Measured{when} over {where}: "
    if value["alerts"]:
        measures = [f"{measure_named(name)} ({number})" for name, number in value["alerts_by_measure"].items()]
        said += f"{counted(value['alerts'], 'value')} outside the thresholds: {listed(measures)}."
    else:
        said += "no value outside the thresholds."
    if not run.is_own_traffic:
        said += " The data is not of this version's own use, so this says nothing about how it does."
    return said
