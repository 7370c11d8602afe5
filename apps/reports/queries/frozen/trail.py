"""The part of the audit trail that speaks of a snapshot's things, with the proof that each entry is signed."""

from collections.abc import Iterable
from typing import Any

from apps.audit.queries.checkpoints import Held
from apps.audit.queries.proofs import extract_proof
from apps.catalog.models import Dataset, DatasetVersion
from apps.incidents.models import Incident
from apps.registry.models import AISystem, ModelVersion, RegisteredModel
from apps.reports.queries.belonging import Objects, Things, belonging_to
from apps.reports.queries.frozen.scope import Scope
from apps.reports.queries.trail import checkpoint_told, trail_facts
from apps.serving.models import Deployment


def trail_told(scope: Scope, lineage: Iterable[int], incidents: list[Incident], held: Held) -> dict[str, Any]:
    """Every entry of the team about these things. `lineage` are the ids of the versions and of their base models;
    `held` the newest checkpoints as they stood before.
    """
    told = trail_facts(_objects(scope, sorted(set(lineage)), incidents), scope.team_id, held)
    return told | {"proof": _proof(told)}


def proven_again(told: dict[str, Any]) -> dict[str, Any]:
    """The same extract with the proof that can be given now: more may have been signed since it was taken."""
    return told | checkpoint_told() | {"proof": _proof(told)}


def _proof(told: dict[str, Any]) -> dict[str, Any]:
    return extract_proof(entry["sequence"] for entry in told["entries"])


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
