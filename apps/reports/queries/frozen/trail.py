"""The part of the audit trail that speaks of a snapshot's things, with the proof that each entry is signed."""

from collections.abc import Iterable
from typing import Any

from apps.audit.queries.proofs import extract_proof
from apps.catalog.models import Dataset, DatasetVersion
from apps.incidents.models import Incident
from apps.registry.models import AISystem, ModelVersion, RegisteredModel
from apps.reports.queries.belonging import Objects, Things, belonging_to
from apps.reports.queries.frozen.scope import Scope
from apps.reports.queries.trail import trail_facts
from apps.serving.models import Deployment


def trail_told(scope: Scope, lineage: Iterable[int], incidents: list[Incident]) -> dict[str, Any]:
    """Every entry of the team about these things. `lineage` are the ids of the versions and of their base models."""
    told = trail_facts(_objects(scope, sorted(set(lineage)), incidents), scope.team_id)
    return told | {"proof": extract_proof(entry["sequence"] for entry in told["entries"])}


def _objects(scope: Scope, lineage: list[int], incidents: list[Incident]) -> Objects:
    things = Things(
        scope.team_id,
        systems=[one.pk for one in scope.systems],
        versions=[one.pk for one in scope.watched],
        origins=lineage,
        datasets=[one.pk for one in scope.datasets],
        deployments=[one.pk for one in (*scope.deployments, *scope.former_deployments)],
        incidents=[one.pk for one in incidents],
    )
    return belonging_to(things) | {
        AISystem: list(things.systems),
        RegisteredModel: sorted({one.model_id for one in scope.watched}),
        ModelVersion: lineage,
        Dataset: sorted({one.dataset_id for one in scope.datasets}),
        DatasetVersion: list(things.datasets),
        Deployment: list(things.deployments),
        Incident: list(things.incidents),
    }
