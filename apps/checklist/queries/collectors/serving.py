"""Collectors that speak of where the version runs, and whether the applications that call it know what it is."""

from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import counted, joined
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import DECLARED, MEASURED, UNKNOWN, Finding
from apps.serving.models import Application, Deployment


def deployments(facts: Facts) -> list[Finding]:
    """Every deployment of the version, those that have stopped included."""
    if not facts.deployments:
        return []
    running = [one for one in facts.deployments if one.stopped_at is None]
    stopped = len(facts.deployments) - len(running)
    parts = [_place(one) for one in running] or ["Not deployed at present."]
    if stopped:
        parts.append(f"{counted(stopped, 'earlier deployment')} stopped.")
    rows = [
        {"id": one.pk, "name": one.name, "environment": one.environment, "is_stopped": one.stopped_at is not None}
        for one in facts.deployments
    ]
    return [
        model_finding(
            "serving.deployments",
            facts.version,
            MEASURED,
            "The platform's own deployments; copies that were taken elsewhere are not seen",
            " ".join(parts),
            speaks_of=rows,
            value={"deployments": rows},
        )
    ]


def _place(deployment: Deployment) -> str:
    purpose = f", for {deployment.purpose}" if deployment.purpose else ""
    applications = [application.name for application in deployment.applications.all()]
    callers = f" Called by {joined(applications)}." if applications else " No application is named yet."
    return f"“{deployment.name}” in {deployment.environment}{purpose}.{callers}"


def disclosure(facts: Facts) -> list[Finding]:
    """Which applications have acknowledged that they use generative AI, and in what words they tell their users."""
    running = [one for one in facts.deployments if one.stopped_at is None]
    if not running:
        return []
    applications = [application for one in running for application in one.applications.all()]
    silent = [application.name for application in applications if application.acknowledged_at is None]
    nameless = [f"“{one.name}”" for one in running if not one.applications.all()]
    parts = [_acknowledged(one) for one in applications if one.acknowledged_at is not None]
    if silent:
        parts.append(f"Not acknowledged by {joined(silent)}.")
    if nameless:
        parts.append(f"For {joined(nameless)} no application is named yet.")
    return [
        model_finding(
            "serving.disclosure",
            facts.version,
            UNKNOWN if silent or nameless else DECLARED,
            "Acknowledged on the deployment's page by people of the team",
            " ".join(parts),
            speaks_of=[_row(one) for one in applications] + nameless,
            value={"acknowledged": len(applications) - len(silent), "not_acknowledged": silent + nameless},
        )
    ]


def _acknowledged(application: Application) -> str:
    return f"{application.name} tells its users: “{application.statement}”."


def _row(application: Application) -> dict[str, object]:
    return {
        "id": application.pk,
        "name": application.name,
        "statement": application.statement,
        "is_acknowledged": application.acknowledged_at is not None,
    }
