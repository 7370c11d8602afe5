"""What each tab of a model version's page needs; each reads a constant number of queries, each of them bounded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform

from apps.accounts.queries import team_ids_seen_by
from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.catalog.rules.licences import duties
from apps.checklist.models import Assessment
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluations_of
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import drifts_of
from apps.portal.queries.lineage import lineage_graph
from apps.portal.queries.runs import plain_values
from apps.registry.models import ImportRun, LineageLink, ModelVersion, TuningRun
from apps.registry.queries import lineage_of, model_licence_verdict, tuning_of, tunings_seen_by
from apps.reports.models import ReportRun
from apps.reports.queries.document import drawings, drift, scores
from apps.reports.queries.uses import drift_facts, evaluation_facts
from apps.serving.models import Application, Deployment
from apps.serving.queries import deployments_of, state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Reader = Callable[["User | AnonymousUser", ModelVersion, int | None], dict[str, Any]]
MOST = 50
MOST_FILES = 200
MOST_CHARTS = 3
BULKY = ("log", "config", "result")


def _checklist(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    return {}


def _lineage(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    descendants = LineageLink.objects.filter(base_version=version).select_related("version__model")
    deployments = list(deployments_of(version)[:MOST])
    children = [link.version for link in descendants[:MOST]]
    files = list(version.files.all()[: MOST_FILES + 1])
    terms = model_licence_verdict(user, version)
    return {
        "graph": lineage_graph(user, version, deployments, children),
        "links": lineage_of(version),
        "terms": terms,
        "duties": duties(terms.terms),
        "children": children,
        "seen_teams": team_ids_seen_by(user),
        "files": files[:MOST_FILES],
        "has_more_files": len(files) > MOST_FILES,
    }


def _evaluations(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    runs = list(evaluations_of(version).defer(*BULKY)[:MOST])
    run = _chosen(runs, chosen)
    if run is None:
        return {"runs": runs}
    run.refresh_from_db(fields=["config", "result"])
    facts = evaluation_facts(run)
    return {
        "runs": runs,
        "chosen": run,
        "rows": scores.table(facts),
        "charts": drawings.score_charts(facts),
        "examples": (run.result or {}).get("examples") or [],
        "result": run.result or {},
    }


def _chosen(runs: list[Any], pk: int | None) -> Any:
    """The run that the address names, otherwise the newest that succeeded."""
    done = [run for run in runs if run.state == SUCCEEDED]
    return next((run for run in done if run.pk == pk), done[0] if done else None)


def _tuning(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    started = tunings_seen_by(user).filter(base_version=version).defer(*BULKY)
    tuning = tuning_of(version)
    found = {"tuning": tuning, "started": list(started.order_by("-pk")[:MOST])}
    return found | (_tuning_facts(tuning) if tuning else {})


def _tuning_facts(tuning: TuningRun) -> dict[str, Any]:
    result = tuning.result or {}
    environment = result.get("environment") or {}
    return {
        "result": result,
        "loss": drawings.loss_curves({"result": result}),
        "settings": plain_values(result.get("config") or tuning.config),
        "environment": plain_values(environment),
        "packages": sorted((environment.get("packages") or {}).items()),
    }


def _deployments(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    return {"deployments": [(item, state_of(item)) for item in deployments_of(version)[:MOST]]}


def _monitoring(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    runs = list(drifts_of(version).defer(*BULKY).annotate(alerts=KeyTransform("alerts", "result"))[:MOST])
    run = _chosen(runs, chosen)
    if run is None:
        return {"runs": runs}
    run.refresh_from_db(fields=["config", "result"])
    shown = drift.view(drift_facts(run))
    charts = shown["charts"]
    return {"runs": runs, "chosen": run, "shown": shown, "charts": charts[:MOST_CHARTS], "all": len(charts)}


def _documents(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    reports = version.reports.select_related("created_by").defer("log", "config").order_by("-pk")
    found = list(reports[:MOST])
    return {"reports": found, "is_being_made": any(report.is_open for report in found)}


def _trail(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    return {"entries": trail_of(version).order_by("-sequence")}


def trail_of(version: ModelVersion) -> QuerySet[AuditEntry]:
    """Entries about the version and what belongs to it: import, tuning, evaluations, assessment, deployments with
    their applications, drift, packs; oldest first."""
    belongs: tuple[tuple[type[Any], Q], ...] = (
        (ImportRun, Q(version=version)),
        (TuningRun, Q(output_version=version)),
        (EvaluationRun, Q(version=version)),
        (Assessment, Q(version=version)),
        (Deployment, Q(version=version)),
        (Application, Q(deployment__version=version)),
        (DriftRun, Q(version=version)),
        (ReportRun, Q(version=version)),
    )
    subjects: list[tuple[str, list[int]]] = [(ModelVersion._meta.label_lower, [version.pk])]
    for model, which in belongs:
        rows = model._default_manager.filter(which)
        subjects.append((model._meta.label_lower, list(rows.values_list("pk", flat=True))))
    return entries_about(subjects)


READ: dict[str, Reader] = {
    "checklist": _checklist,
    "lineage": _lineage,
    "evaluations": _evaluations,
    "tuning": _tuning,
    "deployments": _deployments,
    "monitoring": _monitoring,
    "documents": _documents,
    "trail": _trail,
}
