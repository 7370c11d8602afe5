"""What was recorded about a thing after somebody looked what its documents lack."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.catalog.models import Dataset, DatasetVersion
from apps.evaluation.models import EvaluationRun
from apps.incidents.models import Incident
from apps.monitoring.models import DriftRun
from apps.registry.models import AISystem, ModelVersion, RegisteredModel
from apps.registry.queries import datasets_in, lineage_links
from apps.reports.models import Organisation, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.belonging import Objects, Things, belonging_to
from apps.reports.queries.frozen.register import incidents_of
from apps.reports.queries.frozen.scope import Scope, scope_of
from apps.reports.queries.subjects import Subject
from apps.reports.rules.documents.filling.cycle_period import DAYS
from apps.serving.models import Deployment

MOST = 100
LOOKS = ("audit_room.look",)  # what is looked at stays as it is
_PAPERS: tuple[type[Model], ...] = (Snapshot, SnapshotRun, ReportRun)  # made from the record, and no part of it


@dataclass(frozen=True)
class Since:
    """How many entries were recorded after a moment, counted to `MOST`, and when the newest was."""

    count: int
    newest: datetime | None

    @property
    def words(self) -> str:
        """The number as people read it."""
        return f"{MOST} or more" if self.count >= MOST else str(self.count)


def recorded_since(subject: Subject, moment: datetime) -> Since:
    """What was recorded after this moment about a thing and whatever its documents tell of, but for documents and
    snapshots of it and what guests looked at. The number of queries does not depend on how much there is but for the
    generations of base models.
    """
    scope = scope_of(subject, moment - timedelta(days=DAYS))  # as a snapshot of that moment reaches
    entries = _entries(scope).filter(at__gt=moment).exclude(action__in=LOOKS)
    found = list(entries.order_by("-sequence").values_list("at", flat=True)[:MOST])
    return Since(len(found), found[0] if found else None)


def _entries(scope: Scope) -> QuerySet[AuditEntry]:
    subjects = [(model._meta.label_lower, pks) for model, pks in _objects(scope).items()]
    return entries_about(subjects).filter(Q(team_id=scope.team_id) | Q(team_id=None))


def _objects(scope: Scope) -> Objects:
    """The ids of everything that documents of these things tell of, by table."""
    versions = [one.pk for one in scope.watched]
    links, drifts = lineage_links(versions), list(DriftRun.objects.filter(version__in=versions).only("pk"))
    data = {one.pk for one in (*scope.datasets, *datasets_in(links))} | _measured_on(versions)
    incidents = [one.pk for one in incidents_of(scope, drifts)]
    things = Things(
        scope.team_id,
        systems=[one.pk for one in scope.systems],
        versions=versions,
        origins=sorted(links),
        datasets=sorted(data),
        deployments=[one.pk for one in (*scope.deployments, *scope.former_deployments)],
        incidents=incidents,
    )
    own: Objects = {
        Organisation: [Organisation.ONLY],
        AISystem: list(things.systems),
        RegisteredModel: sorted({one.model_id for one in scope.watched}),
        ModelVersion: list(things.origins),
        Dataset: _of_versions(things.datasets),
        DatasetVersion: list(things.datasets),
        Deployment: list(things.deployments),
        Incident: incidents,
    }
    return {model: pks for model, pks in belonging_to(things).items() if model not in _PAPERS} | own


def _measured_on(versions: list[int]) -> set[int]:
    """The data that these versions were evaluated on and their drift was measured with."""
    drifts = DriftRun.objects.filter(version__in=versions).values_list("reference", "analysis")
    evaluated = EvaluationRun.objects.filter(version__in=versions).values_list("dataset_version", flat=True)
    return {*evaluated, *(pk for pair in drifts for pk in pair)}


def _of_versions(pks: Any) -> list[int]:
    return list(DatasetVersion.objects.filter(pk__in=pks).order_by().values_list("dataset_id", flat=True).distinct())
