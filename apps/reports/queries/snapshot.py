"""Everything that is known about one model version at one moment, as plain JSON: what an audit pack is made from."""

import platform
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version as installed
from typing import Any

from django.db import models
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.queries.examining import newest_held
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.checklist.models import Answer, Assessment, Evidence, SignOff
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluations_of
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import drifts_of
from apps.registry.models import ImportRun, ModelVersion, RegisteredModel, TuningRun
from apps.registry.queries import tuning_of
from apps.reports.models import ReportRun
from apps.reports.queries import origins, uses
from apps.reports.queries.answers import assessment_facts
from apps.reports.queries.trail import trail_facts
from apps.reports.queries.words import moment, person
from apps.serving.models import Application, Deployment

FORMAT = "genaiops-audit-snapshot/1"
PACKAGES = ("django", "weasyprint")


def snapshot(version: ModelVersion, *, by: User | None = None, at: datetime | None = None) -> dict[str, Any]:
    """The whole record of a model version as JSON values, floats unrounded. `at` is the moment it is made, now if None.

    People appear by number and display name, never by address.
    """
    evaluations = list(evaluations_of(version).filter(state=SUCCEEDED).order_by("finished_at", "pk"))
    drifts = list(drifts_of(version).filter(state=SUCCEEDED).order_by("finished_at", "pk"))
    tuning = tuning_of(version)
    roles = origins.roles_of_data(version, evaluations, drifts)
    lineage = origins.lineage_facts(version)
    return {
        "format": FORMAT,
        "subject": str(version),
        "generated_at": moment(at or timezone.now()),
        "generated_by": person(by),
        "software": {"python": platform.python_version()} | {name: installed(name) for name in PACKAGES},
        "model": origins.model_facts(version.model),
        "version": origins.version_facts(version),
        "lineage": lineage,
        "datasets": origins.dataset_facts(roles, version.team_id),
        "tuning": origins.tuning_facts(tuning),
        "evaluations": [uses.evaluation_facts(run) for run in evaluations],
        "deployments": uses.deployment_facts(version),
        "drift": [uses.drift_facts(run) for run in drifts],
        "assessment": assessment_facts(version),
        "audit_trail": trail_facts(_objects(version, lineage, list(roles)), version.team_id, newest_held()),
    }


def _objects(
    version: ModelVersion, lineage: list[dict[str, Any]], datasets: list[DatasetVersion]
) -> dict[type[models.Model], Iterable[int]]:
    """Every object whose trail belongs into the pack."""
    versions = [step["id"] for step in lineage]
    data = [dataset.pk for dataset in datasets]
    return {
        RegisteredModel: [version.model_id],
        ModelVersion: versions,
        ImportRun: _pks(ImportRun, version__in=versions),
        TuningRun: _pks(TuningRun, output_version__in=versions),
        Dataset: [dataset.dataset_id for dataset in datasets],
        DatasetVersion: data,
        ScanRun: _pks(ScanRun, dataset_version__in=data),
        EvaluationRun: _pks(EvaluationRun, version=version),
        DriftRun: _pks(DriftRun, version=version),
        Deployment: _pks(Deployment, version=version),
        Application: _pks(Application, deployment__version=version),
        Assessment: _pks(Assessment, version=version),
        Answer: _pks(Answer, assessment__version=version),
        Evidence: _pks(Evidence, answer__assessment__version=version),
        SignOff: _pks(SignOff, assessment__version=version),
        ReportRun: _pks(ReportRun, version=version),
    }


def _pks(model: type[models.Model], **which: Any) -> list[int]:
    return list(model._default_manager.filter(**which).values_list("pk", flat=True))
