"""The audit trail of a room: every entry about its system, its versions and what belongs to them."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.auditors.queries.room import MISSING, Room
from apps.core.errors import NotFound
from apps.registry.models import AISystem, ModelVersion, RegisteredModel
from apps.reports.queries.belonging import Objects, Things, belonging_to


def trail_of(room: Room) -> QuerySet[AuditEntry]:
    """The entries, newest first: those about the team's own objects, what guests looked at among them. What people say
    to one another about an assessment, and who of them has which part of it, is no part of it.
    """
    subjects = [(model._meta.label_lower, pks) for model, pks in _belonging(room).items()]
    ours = Q(team_id=room.grant.team_id) | Q(team_id=None)  # rows without a team hang on the room's own
    return entries_about(subjects).filter(ours).order_by("-sequence")


def _belonging(room: Room) -> Objects:
    own = (room.versions, room.deployments, room.datasets, room.incidents)
    versions, deployments, datasets, incidents = (_pks(rows) for rows in own)
    things = Things(
        room.grant.team_id,
        systems=[room.system.pk],
        versions=versions,
        origins=versions,
        datasets=datasets,
        deployments=deployments,
        incidents=incidents,
    )
    named: Objects = {
        rows.model: pks for rows, pks in zip(own, (versions, deployments, datasets, incidents), strict=True)
    }
    return belonging_to(things) | named | {AISystem: [room.system.pk], RegisteredModel: _models(room)}


def _models(room: Room) -> list[int]:
    """Models all of whose versions that work anywhere work in systems of the access: what is said of a model is said of
    all its versions.
    """
    elsewhere = ModelVersion.objects.filter(systems__isnull=False).exclude(pk__in=room.version_ids)
    elsewhere = elsewhere.exclude(systems__system__in=room.granted)
    rows = RegisteredModel.objects.filter(versions__in=room.version_ids, team=room.grant.team_id)
    return _pks(rows.exclude(versions__in=[*_pks(elsewhere), *room.shared_ids]).distinct())


def _pks(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True))


def entry_of(room: Room, number: int) -> AuditEntry:
    """One entry of the room's trail. Raises NotFound for any other."""
    found = trail_of(room).filter(pk=number).first()
    if found is None:
        raise NotFound(MISSING)
    return found
