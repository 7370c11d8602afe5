"""The part of the audit trail that speaks of a snapshot's things, with the proof that each entry is signed."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from apps.audit.queries.proofs import extract_proof
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.checklist.models import Answer, Assessment, Evidence, SignOff, Waiver
from apps.evaluation.models import EvaluationRun
from apps.incidents.models import Incident
from apps.monitoring.models import DriftRun
from apps.registry.models import AISystem, ImportRun, ModelVersion, RegisteredModel, TuningRun
from apps.reports.models import ReportRun
from apps.reports.queries.frozen.scope import Scope
from apps.reports.queries.trail import trail_facts
from apps.risks.models import Risk
from apps.serving.models import Application, Deployment

Objects = dict[type[models.Model], Iterable[int]]


def trail_told(scope: Scope, lineage: Iterable[int], incidents: list[Incident]) -> dict[str, Any]:
    """Every entry of the team about these things. `lineage` are the ids of the versions and of their base models."""
    told = trail_facts(_objects(scope, sorted(set(lineage)), incidents), scope.team_id)
    return told | {"proof": extract_proof(entry["sequence"] for entry in told["entries"])}


def _objects(scope: Scope, lineage: list[int], incidents: list[Incident]) -> Objects:
    versions, data = [one.pk for one in scope.versions], [one.pk for one in scope.datasets]
    places = [one.pk for one in scope.deployments]
    assessed = models.Q(version__in=versions) | models.Q(system__in=scope.systems)
    assessed |= models.Q(dataset_version__in=data) | models.Q(deployment__in=places)
    assessments = list(Assessment.objects.filter(assessed, team=scope.team_id).values_list("pk", flat=True))
    answers = _pks(Answer, assessment__in=assessments)
    return {
        AISystem: [one.pk for one in scope.systems],
        RegisteredModel: {one.model_id for one in scope.versions},
        ModelVersion: lineage,
        ImportRun: _pks(ImportRun, version__in=lineage),
        TuningRun: _pks(TuningRun, output_version__in=lineage),
        Dataset: {one.dataset_id for one in scope.datasets},
        DatasetVersion: data,
        ScanRun: _pks(ScanRun, dataset_version__in=data),
        EvaluationRun: _pks(EvaluationRun, version__in=versions),
        DriftRun: _pks(DriftRun, version__in=versions),
        Deployment: places,
        Application: _pks(Application, deployment__in=places),
        Assessment: assessments,
        Answer: answers,
        Evidence: _pks(Evidence, answer__in=answers),
        SignOff: _pks(SignOff, assessment__in=assessments),
        Waiver: _pks(Waiver, assessment__in=assessments),
        Risk: _risks(scope),
        Incident: [one.pk for one in incidents],
        ReportRun: _pks(ReportRun, version__in=versions),
    }


def _risks(scope: Scope) -> list[int]:
    about = models.Q(system__in=scope.systems) | models.Q(version__in=scope.versions)
    return list(Risk.objects.filter(about, team=scope.team_id).values_list("pk", flat=True))


def _pks(model: type[models.Model], **which: Any) -> list[int]:
    return list(model._default_manager.filter(**which).values_list("pk", flat=True))
