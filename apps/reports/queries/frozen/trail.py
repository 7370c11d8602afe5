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
    return _proven(told)


def proven_again(told: dict[str, Any]) -> dict[str, Any]:
    """The same extract with the proof that can be given now: more may have been signed since it was taken."""
    return _proven(told | checkpoint_told())


def _proven(told: dict[str, Any]) -> dict[str, Any]:
    """With its proof; an entry behind which something was signed, and which that does not prove, is a break."""
    proof, chain = extract_proof(entry["sequence"] for entry in told["entries"]), told["whole_chain"]
    signed_to = told["checkpoint"]["rows"] if told["checkpoint"] else 0
    unproven = [
        f"entry {number}: the signed checkpoint behind it was signed over other entries than are there"
        for number in proof["unsigned"]
        if number <= signed_to
    ]
    if unproven:
        known = chain["problem"].split("; ") if chain["problem"] else []
        chain = chain | {"is_intact": False, "problem": "; ".join(dict.fromkeys([*known, *unproven]))}
    return told | {"proof": proof, "whole_chain": chain}


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
