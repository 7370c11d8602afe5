"""The audit trail of a room: every entry about its system, its versions and what belongs to them."""

from typing import Any

from django.db.models import Model, QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.auditors.queries.documents import documents_of, snapshots_of
from apps.auditors.queries.room import MISSING, Room
from apps.checklist.models import Assessment
from apps.core.errors import NotFound
from apps.evaluation.models import EvaluationRun
from apps.monitoring.models import DriftRun
from apps.registry.models import FileCheckRun, FileScanRun, ImportRun, SigningRun, TuningRun, VersionDocument
from apps.risks.models import Risk
from apps.serving.models import Application

# Tables whose rows name a version, by the column that does.
_OF_VERSIONS: tuple[tuple[type[Any], str], ...] = (
    (ImportRun, "version"),
    (TuningRun, "output_version"),
    (EvaluationRun, "version"),
    (Assessment, "version"),
    (Application, "deployment__version"),
    (DriftRun, "version"),
    (VersionDocument, "version"),
    (FileScanRun, "version"),
    (FileCheckRun, "version"),
    (SigningRun, "version"),
    (Risk, "version"),
)

_OF_SYSTEMS: tuple[type[Any], ...] = (Assessment, Risk)


def trail_of(room: Room) -> QuerySet[AuditEntry]:
    """The entries, newest first: those about the team's own objects, what guests looked at among them."""
    subjects: list[tuple[str, list[int]]] = [(_label(type(room.system)), [room.system.pk])]
    things: tuple[QuerySet[Any], ...] = (room.versions, room.deployments, room.incidents)
    things += (snapshots_of(room), documents_of(room))
    for rows in things:
        subjects.append((_label(rows.model), list(rows.order_by().values_list("pk", flat=True))))
    for model, column in _OF_VERSIONS:
        belonging = model._default_manager.filter(**{f"{column}__in": room.version_ids})
        subjects.append((_label(model), list(belonging.values_list("pk", flat=True))))
    for model in _OF_SYSTEMS:
        found = model._default_manager.filter(system=room.system)
        subjects.append((_label(model), list(found.values_list("pk", flat=True))))
    return entries_about(subjects).filter(team_id=room.grant.team_id).order_by("-sequence")


def entry_of(room: Room, number: int) -> AuditEntry:
    """One entry of the room's trail. Raises NotFound for any other."""
    found = trail_of(room).filter(pk=number).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def _label(model: type[Model]) -> str:
    return model._meta.label_lower
