"""The runs behind a model version as exports tell them: tuning, evaluations, the attempt to make it again."""

from collections.abc import Sequence
from typing import Any

from apps.core.models import Run
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluations_of
from apps.evaluation.rules import VERSION
from apps.portal.queries.cards.moments import stamp
from apps.registry.models import ModelVersion, RecreationRun, TuningRun
from apps.registry.queries import recreations_of
from apps.registry.rules.cards import Figure, RunFacts
from apps.registry.rules.recreation import OUTCOMES, settings_to_repeat

MOST_EVALUATIONS = 50
HOUR = 3_600.0  # seconds


def evaluations_told(version: ModelVersion) -> list[EvaluationRun]:
    """The newest evaluations that succeeded, in the order in which they were made."""
    done = evaluations_of(version).filter(state=SUCCEEDED).defer("log", "config")
    return sorted(done[:MOST_EVALUATIONS], key=lambda run: run.pk)


def figures_of_runs(runs: Sequence[EvaluationRun]) -> list[Figure]:
    """The version's own scores with their 95 % intervals."""
    return [
        Figure(
            name=score.metric,
            value=score.value,
            task="text-generation",
            dataset=str(run.dataset_version),
            split="held out" if run.is_held_out else "",
            revision=run.rows_digest,
            source=f"evaluation run {run.pk} of this portal",
            low=score.low,
            high=score.high,
            n=score.n,
            date=stamp(run.finished_at),
        )
        for run in runs
        for score in run.scores.all()
        if score.of == VERSION
    ]


def runs_told(tuning: TuningRun | None, evaluations: Sequence[EvaluationRun]) -> list[RunFacts]:
    """Each run that took energy or says how the version was made."""
    told = [_run(tuning, "fine-tuning", f"tuning-{tuning.pk}")] if tuning else []
    return told + [_run(run, "validation", f"evaluation-{run.pk}") for run in evaluations if run.energy_kwh is not None]


def _run(run: Run, activity: str, key: str) -> RunFacts:
    result = run.result or {}
    energy, environment = result.get("energy") or {}, result.get("environment") or {}
    settings = result.get("config") or run.config
    return RunFacts(
        key,
        activity,
        started=stamp(run.started_at),
        finished=stamp(run.finished_at),
        settings=_settings(settings) if activity == "fine-tuning" else {},
        hardware=str(environment.get("gpu") or environment.get("processor") or ""),
        seconds=run.seconds if run.finished_at else None,
        energy_kwh=run.energy_kwh,
        co2_kg=energy.get("kgco2e"),
        method=" ".join(str(energy[name]) for name in ("tool", "method") if energy.get(name)),
        packages={str(name): str(number) for name, number in (environment.get("packages") or {}).items()},
    )


def _settings(config: dict[str, Any]) -> dict[str, str]:
    """The settings without places of a machine."""
    kept = settings_to_repeat(config)
    return {name: str(value) for name, value in sorted(kept.items()) if value not in (None, "", (), {})}


def tuning_said(tuning: TuningRun, base: str, data: str) -> dict[str, list[str]]:
    """What a tuning run tells of the fields of a card; base and data by the names that the reader may see."""
    (facts,) = runs_told(tuning, [])
    steps = (tuning.result or {}).get("steps")
    procedure = f"Tuned with LoRA from {base} on {data}" + (f" in {steps} steps" if steps else "")
    said = {
        "training_procedure": [f"{procedure}: tuning run {tuning.pk}."],
        "hyperparameters": [f"{name}: {value}" for name, value in facts.settings.items()],
        "developers": [tuning.output_model.team.name],
    }
    if facts.energy_kwh is not None:
        carbon = f", {facts.co2_kg:g} kg CO2-equivalent" if facts.co2_kg is not None else ""
        said["energy"] = [
            f"{facts.energy_kwh:g} kWh{carbon} for the tuning" + (f" ({facts.method})" if facts.method else "")
        ]
    if facts.seconds is not None:
        hours = f"{facts.seconds / HOUR:.4g} hours of computing for the tuning"
        said["compute"] = [f"{hours} on {facts.hardware}" if facts.hardware else hours]
    return said


def tuning_properties(tuning: TuningRun) -> dict[str, str]:
    """Computing, which no standard has a term for."""
    (facts,) = runs_told(tuning, [])
    gpu = ((tuning.result or {}).get("environment") or {}).get("gpu")
    told = {"compute:method": "wall clock of the tuning run", "compute:hardware": facts.hardware}
    if facts.seconds is not None:
        told["compute:gpu-hours" if gpu else "compute:hours"] = f"{facts.seconds / HOUR:.4g}"
    return told


def recreation_of(tuning: TuningRun) -> RecreationRun | None:
    """The newest finished attempt to make the version again."""
    return recreations_of([tuning.pk]).get(tuning.pk)


def recreation_said(run: RecreationRun) -> tuple[list[str], dict[str, str]]:
    """The verdict of an attempt in words and as properties."""
    result = run.result or {}
    outcome = str(result.get("outcome") or "")
    words = OUTCOMES.get(outcome, outcome)
    because = str(result.get("because") or "")
    said = [f"{words}. {because}".strip()] if words else []
    weights = result.get("weights") or {}
    told = {"rebuild:outcome": outcome, "rebuild:run": str(run.pk), "rebuild:date": stamp(run.finished_at)}
    return said, told | ({"rebuild:delta": repr(weights["relative"])} if "relative" in weights else {})
