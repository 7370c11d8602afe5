"""The tabs of what was measured: tuning, evaluations, deployments, drift."""

from typing import TYPE_CHECKING, Any

from django.db.models.fields.json import KeyTransform

from apps.core.rules import SUCCEEDED
from apps.evaluation.queries import evaluation_result, evaluations_of
from apps.monitoring.queries import drifts_of
from apps.portal.queries.runs import plain_values
from apps.registry.models import ModelVersion, TuningRun
from apps.registry.queries import tuning_of, tunings_seen_by
from apps.registry.rules.tuning_words import WORDS, settings_in_words
from apps.reports.queries.uses import drift_facts, evaluation_facts
from apps.reports.rules.measured import drawings, drift, scores
from apps.serving.queries import deployments_of, state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 50
MOST_CHARTS = 3
BULKY = ("log", "config", "result")


def evaluations(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """Its evaluations, with the scores of one."""
    runs = list(evaluations_of(version).defer(*BULKY)[:MOST])
    run = _chosen(runs, chosen)
    if run is None:
        return {"runs": runs}
    run.refresh_from_db(fields=["config", "result"])
    facts, result = evaluation_facts(run), evaluation_result(user, run) or {}
    return {
        "runs": runs,
        "chosen": run,
        "rows": scores.table(facts),
        "charts": drawings.score_charts(facts),
        "examples": result.get("examples") or [],
        "result": result,
    }


def _chosen(runs: list[Any], pk: int | None) -> Any:
    """The run that the address names, otherwise the newest that succeeded."""
    done = [run for run in runs if run.state == SUCCEEDED]
    return next((run for run in done if run.pk == pk), done[0] if done else None)


def tuning(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """How it was made, and what was tuned from it."""
    started = tunings_seen_by(user).filter(base_version=version).defer(*BULKY)
    tuning = tuning_of(version)
    found = {"tuning": tuning, "started": list(started.order_by("-pk")[:MOST])}
    return found | (_tuning_facts(tuning) if tuning else {})


def _tuning_facts(tuning: TuningRun) -> dict[str, Any]:
    result = tuning.result or {}
    environment = result.get("environment") or {}
    config = result.get("config") or tuning.config or {}
    return {
        "result": result,
        "loss": drawings.loss_curves({"result": result}),
        "settings": settings_in_words(config),
        "more_settings": plain_values({name: value for name, value in config.items() if name not in WORDS}),
        "environment": plain_values(environment),
        "packages": sorted((environment.get("packages") or {}).items()),
    }


def deployments(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """Where it runs."""
    return {"deployments": [(item, state_of(item)) for item in deployments_of(version)[:MOST]]}


def monitoring(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """Its drift measurements, with the newest drawn."""
    runs = list(drifts_of(version).defer(*BULKY).annotate(alerts=KeyTransform("alerts", "result"))[:MOST])
    run = _chosen(runs, chosen)
    if run is None:
        return {"runs": runs}
    run.refresh_from_db(fields=["config", "result"])
    shown = drift.view(drift_facts(run))
    charts = shown["charts"]
    return {"runs": runs, "chosen": run, "shown": shown, "charts": charts[:MOST_CHARTS], "all": len(charts)}
