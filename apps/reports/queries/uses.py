"""What was measured on a model version and where it is used: evaluations, deployments, drift."""

from typing import Any

from apps.evaluation.models import EvaluationRun, Score
from apps.evaluation.rules import DIFFERENCE, verdict
from apps.monitoring.models import DriftRun
from apps.reports.queries.words import moment, person, run_facts
from apps.serving.models import Application, Deployment
from apps.serving.queries import newest_run, state_of


def evaluation_facts(run: EvaluationRun) -> dict[str, Any]:
    """One evaluation with every score, its 95 % interval, and the examples in its result."""
    return run_facts(run, run.created_by) | {
        "baseline": None if run.baseline is None else {"id": run.baseline_id, "label": str(run.baseline)},
        "dataset_version": run.dataset_version_id,
        "dataset_label": str(run.dataset_version),
        "rows_digest": run.rows_digest,
        "is_held_out": run.is_held_out,
        "model_digest": run.model_digest,
        "scores": [_score(score) for score in run.scores.all()],
    }


def _score(score: Score) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(score, name) for name in ("of", "metric", "value", "low", "high", "n")}
    if score.of == DIFFERENCE:
        facts["verdict"] = verdict(score.metric, score.value, score.low, score.high)
    return facts


def place_facts(deployment: Deployment) -> dict[str, Any]:
    """One deployment, and the applications that call it."""
    run = newest_run(deployment)
    return {
        "id": deployment.pk,
        "name": deployment.name,
        "environment": deployment.environment,
        "purpose": deployment.purpose,
        "state": state_of(deployment),
        "started_by": person(deployment.created_by),
        "created_at": moment(deployment.created_at),
        "ready_at": moment(run.ready_at) if run else None,
        "stopped_at": moment(deployment.stopped_at),
        "applications": [_application(application) for application in deployment.applications.all()],
    }


def _application(application: Application) -> dict[str, Any]:
    # The contact may be a mailbox; the pack holds no addresses.
    return {
        "id": application.pk,
        "name": application.name,
        "statement": application.statement,
        "acknowledged_by": person(application.acknowledged_by),
        "acknowledged_at": moment(application.acknowledged_at),
    }


def drift_facts(run: DriftRun) -> dict[str, Any]:
    """One drift measurement; its result holds every chunk's value exactly as it was measured."""
    return run_facts(run, run.created_by) | {
        "reference": {"id": run.reference_id, "label": str(run.reference), "digest": run.reference.digest},
        "analysis": {"id": run.analysis_id, "label": str(run.analysis), "digest": run.analysis.digest},
        "is_own_traffic": run.is_own_traffic,
        "note": run.note,
    }
