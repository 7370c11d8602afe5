"""What belongs to versions, data, places and the rest of it: whatever else the trail speaks of when it speaks of them.

Snapshots and audit rooms take their extracts of the trail from this one list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from apps.catalog.models import ScanRun
from apps.checklist.models import Answer, Assessment, Evidence, EvidenceDocument, SignOff, Waiver
from apps.evaluation.models import EvaluationRun
from apps.incidents.models import CorrectiveAction, IncidentDuty, IncidentHold, IncidentReport
from apps.monitoring.models import DriftRun
from apps.registry.models import (
    FileCheckRun,
    FileScanRun,
    ImportRun,
    ModelUpload,
    RecreationRun,
    SigningRun,
    TuningRun,
    VersionDocument,
)
from apps.reports.models import ReportRun, Snapshot, SnapshotRun
from apps.reports.rules.documents.spec import DATASET, DEPLOYMENT, INCIDENT, SYSTEM, VERSION
from apps.risks.models import Risk, RiskControl
from apps.serving.models import Application

Ids = Iterable[int]
Objects = dict[type[Model], list[int]]

# Tables whose rows name a version, by the column that does: what made it, and what is told of its base models too.
_OF_ORIGINS: tuple[tuple[type[Model], str], ...] = (
    (ImportRun, "version"),
    (ModelUpload, "version"),
    (TuningRun, "output_version"),
    (RecreationRun, "tuning__output_version"),
    (VersionDocument, "version"),
    (FileScanRun, "version"),
    (FileCheckRun, "version"),
    (SigningRun, "version"),
)
_OF_VERSIONS: tuple[tuple[type[Model], str], ...] = ((EvaluationRun, "version"), (DriftRun, "version"))
_OF_INCIDENTS: tuple[type[Model], ...] = (IncidentReport, IncidentHold, IncidentDuty, CorrectiveAction)
_ABOUT: tuple[type[Model], ...] = (Snapshot, SnapshotRun, ReportRun)


@dataclass(frozen=True)
class Things:
    """The ids of things of one team. `origins` are the versions with their base models."""

    team_id: int
    systems: Ids = ()
    versions: Ids = ()
    origins: Ids = ()
    datasets: Ids = ()  # versions of them
    deployments: Ids = ()
    incidents: Ids = ()


def belonging_to(things: Things) -> Objects:
    """Ids of all that belongs to these things, by table. The number of queries is always the same."""
    found: Objects = {model: _pks(model, **{f"{column}__in": things.origins}) for model, column in _OF_ORIGINS}
    found |= {model: _pks(model, **{f"{column}__in": things.versions}) for model, column in _OF_VERSIONS}
    found[ScanRun] = _pks(ScanRun, dataset_version__in=things.datasets)
    found[Application] = _pks(Application, deployment__in=things.deployments)
    found |= {model: _pks(model, incident__in=things.incidents) for model in _OF_INCIDENTS}
    about = _about(things)
    found |= {model: _pks(model, about, team=things.team_id) for model in _ABOUT}
    return found | _assessed(things) | _risky(things)


def _about(things: Things) -> Q:
    """Which snapshots and documents are about these things."""
    by_kind: dict[str, Ids] = {
        SYSTEM: things.systems,
        VERSION: things.versions,
        DATASET: things.datasets,
        DEPLOYMENT: things.deployments,
        INCIDENT: things.incidents,
    }
    which = Q(pk__in=[])
    for kind, pks in by_kind.items():
        which |= Q(subject_kind=kind, subject_id__in=pks)
    return which


def _assessed(things: Things) -> Objects:
    """Assessments with what stands in them, and the documents of the library that their evidence cites."""
    either = Q(system__in=things.systems) | Q(version__in=things.versions)
    either |= Q(dataset_version__in=things.datasets) | Q(deployment__in=things.deployments)
    assessments = _pks(Assessment, either, team=things.team_id)
    answers = _pks(Answer, assessment__in=assessments)
    cited = Evidence.objects.filter(answer__in=answers, cites__isnull=False).order_by()
    documents = cited.values_list("cites__document", flat=True).distinct()
    return {
        Assessment: assessments,
        Answer: answers,
        Evidence: _pks(Evidence, answer__in=answers),
        EvidenceDocument: sorted(documents),
        SignOff: _pks(SignOff, assessment__in=assessments),
        Waiver: _pks(Waiver, assessment__in=assessments),
    }


def _risky(things: Things) -> Objects:
    either = Q(system__in=things.systems) | Q(version__in=things.versions)
    risks = _pks(Risk, either, team=things.team_id)
    return {Risk: risks, RiskControl: _pks(RiskControl, risk__in=risks)}


def _pks(model: type[Model], *which: Q, **more: Any) -> list[int]:
    return list(model._default_manager.filter(*which, **more).order_by().values_list("pk", flat=True))
