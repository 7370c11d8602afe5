"""Systems and deployments as a snapshot holds them: what is put into service, what works in it, and who calls it."""

from collections import defaultdict
from typing import Any

from django.db.models import Prefetch

from apps.checklist.rules.frameworks import DEPLOYMENT
from apps.core.canonical import digest_of
from apps.registry.models import AISystem, SystemVersion
from apps.registry.rules import RISK_CLASSES
from apps.reports.queries import uses
from apps.reports.queries.words import moment, person, run_facts
from apps.serving.models import Application, Deployment, ServingRun

MOST_RUNS = 50  # of the processes behind one deployment that are listed, the newest


def systems_facts(systems: list[AISystem], team_id: int) -> list[dict[str, Any]]:
    """Each system with the versions that work or worked in it; one query."""
    parts: dict[int, list[SystemVersion]] = defaultdict(list)
    rows = SystemVersion.objects.filter(system__in=systems).select_related("version__model", "added_by")
    for row in rows.order_by("since", "pk"):
        parts[row.system_id].append(row)
    return [_system(one, parts[one.pk]) for one in systems if one.team_id == team_id]


def _system(one: AISystem, parts: list[SystemVersion]) -> dict[str, Any]:
    told = {
        "id": one.pk,
        "label": str(one),
        "name": one.name,
        "team": one.team.name,
        "description": one.description,
        "intended_purpose": one.intended_purpose,
        "owner": person(one.owner),
        "risk_class": one.risk_class,
        "risk_class_label": RISK_CLASSES[one.risk_class],
        "risk_reason": one.risk_reason,
        "is_small_provider": one.is_small_provider,
        "created_by": person(one.created_by),
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
    }
    return told | {"digest": digest_of(told), "parts": [_part(part) for part in parts]}


def _part(part: SystemVersion) -> dict[str, Any]:
    return {
        "version_id": part.version_id,
        "version_label": str(part.version),
        "stage": part.version.stage,
        "stage_label": part.version.get_stage_display(),
        "manifest_digest": part.version.manifest_digest,
        "role": part.role,
        "since": moment(part.since),
        "until": moment(part.until),
        "added_by": person(part.added_by),
    }


def deployments_facts(deployments: list[Deployment]) -> list[dict[str, Any]]:
    """Each deployment with the applications that call it and the processes behind it; three queries."""
    newest = ServingRun.objects.order_by("-pk").defer("log", "result").select_related("created_by")
    applications = Application.objects.select_related("acknowledged_by").order_by("name", "pk")
    rows = Deployment.objects.filter(pk__in=[one.pk for one in deployments])
    rows = rows.select_related("version__model", "team", "created_by").order_by("created_at", "pk")
    whole = rows.prefetch_related(
        Prefetch("runs", queryset=newest, to_attr="newest_runs"), Prefetch("applications", queryset=applications)
    )
    return [_place(one) for one in whole]


def _place(one: Deployment) -> dict[str, Any]:
    runs: list[ServingRun] = getattr(one, "newest_runs", [])
    told = uses.place_facts(one) | {
        "kind": DEPLOYMENT,
        "label": str(one),
        "team": one.team.name,
        "version_id": one.version_id,
        "version_label": str(one.version),
        "manifest_digest": one.version.manifest_digest,
        "is_deployable": one.version.is_deployable,
        "obstacles": one.version.obstacles,
        "runs": [run_facts(run, run.created_by) | {"ready_at": moment(run.ready_at)} for run in runs[:MOST_RUNS]],
    }
    place = [one.version.manifest_digest, one.pk, one.environment, one.purpose]
    return told | {"digest": digest_of(place)}
