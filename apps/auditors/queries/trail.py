"""The audit trail of a room: every entry about its system, its versions and what belongs to them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.auditors.queries.documents import runs_of, snapshots_of
from apps.auditors.queries.room import MISSING, Room
from apps.checklist.models import Assessment, Waiver
from apps.core.errors import NotFound
from apps.evaluation.models import EvaluationRun
from apps.incidents.models import CorrectiveAction, IncidentDuty, IncidentHold, IncidentReport
from apps.monitoring.models import DriftRun
from apps.registry.models import FileCheckRun, FileScanRun, ImportRun, SigningRun, TuningRun, VersionDocument
from apps.risks.models import Risk, RiskControl
from apps.serving.models import Application

# Tables whose rows name a version, by the column that does.
_OF_VERSIONS: tuple[tuple[type[Any], str], ...] = (
    (ImportRun, "version"),
    (TuningRun, "output_version"),
    (EvaluationRun, "version"),
    (Application, "deployment__version"),
    (DriftRun, "version"),
    (VersionDocument, "version"),
    (FileScanRun, "version"),
    (FileCheckRun, "version"),
    (SigningRun, "version"),
)
_OF_INCIDENTS: tuple[type[Any], ...] = (IncidentReport, IncidentHold, IncidentDuty, CorrectiveAction)


def trail_of(room: Room) -> QuerySet[AuditEntry]:
    """The entries, newest first: those about the team's own objects, what guests looked at among them. What people say
    to one another about an assessment, and who of them has which part of it, is no part of it.
    """
    subjects = [(rows.model._meta.label_lower, _pks(rows)) for rows in _belonging(room)]
    subjects.append((room.system._meta.label_lower, [room.system.pk]))
    return entries_about(subjects).filter(team_id=room.grant.team_id).order_by("-sequence")


def _belonging(room: Room) -> Iterator[QuerySet[Any]]:
    yield from (room.versions, room.deployments, room.datasets, room.incidents)
    yield from (snapshots_of(room), runs_of(room))
    for model, column in _OF_VERSIONS:
        yield _rows(model, Q(**{f"{column}__in": room.version_ids}))
    either = Q(system=room.system) | Q(version__in=room.version_ids)
    assessments, risks = _rows(Assessment, either), _rows(Risk, either)
    yield from (assessments, risks)
    yield _rows(Waiver, Q(assessment__in=_pks(assessments)))
    yield _rows(RiskControl, Q(risk__in=_pks(risks)))
    incidents = _pks(room.incidents)
    yield from (_rows(model, Q(incident__in=incidents)) for model in _OF_INCIDENTS)


def _rows(model: type[Model], which: Q) -> QuerySet[Any]:
    return model._default_manager.filter(which)


def _pks(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True))


def entry_of(room: Room, number: int) -> AuditEntry:
    """One entry of the room's trail. Raises NotFound for any other."""
    found = trail_of(room).filter(pk=number).first()
    if found is None:
        raise NotFound(MISSING)
    return found
