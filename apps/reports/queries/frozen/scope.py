"""What belongs to a snapshot: the things that its subject is made of, works in, or is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from apps.catalog.models import Dataset, DatasetVersion
from apps.evaluation.models import EvaluationRun
from apps.incidents.models import Incident
from apps.monitoring.models import DriftRun
from apps.registry.models import AISystem, ModelVersion, RegisteredModel, SystemVersion
from apps.reports.queries.subjects import Subject
from apps.serving.models import Deployment


@dataclass(frozen=True)
class Scope:
    """The things by kind, the subject's own first. Only things of the subject's team are told beside what it was made
    of: `team_id` is that team, whose people read the snapshot. `former` are the versions that were taken out of a
    system within the time looked back over, whose report speaks of them too; `former_deployments`: where those run or
    ran. `ended` tells of every version that was ever taken out, by its id, when that was.
    """

    team_id: int
    systems: list[AISystem] = field(default_factory=list)
    versions: list[ModelVersion] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    former: list[ModelVersion] = field(default_factory=list)
    former_deployments: list[Deployment] = field(default_factory=list)
    datasets: list[DatasetVersion] = field(default_factory=list)
    incident: Incident | None = None
    ended: dict[int, datetime] = field(default_factory=dict)

    @property
    def watched(self) -> list[ModelVersion]:
        """Every version whose measurements are told, those at work first."""
        return [*self.versions, *self.former]


def scope_of(subject: Subject, since: datetime) -> Scope:
    """Everything that a snapshot of this thing speaks of, but the data of its versions. Versions that were taken out of
    a system before `since` are named among its parts alone. Constant queries.
    """
    if isinstance(subject, AISystem):
        return _of_systems(subject.team_id, [subject], since)
    if isinstance(subject, ModelVersion):
        return _of_versions(subject.team_id, [subject.pk])
    if isinstance(subject, Deployment):
        found = _of_versions(subject.team_id, [subject.version_id])
        return Scope(found.team_id, found.systems, found.versions, [one for one in found.deployments if one == subject])
    if isinstance(subject, DatasetVersion):
        return Scope(subject.team_id, datasets=_datasets([subject.pk]))
    return _of_incident(subject, since)


def _of_systems(team_id: int, systems: list[AISystem], since: datetime) -> Scope:
    """A version of another team, put to work by somebody whom it was shared with, is named among the parts alone."""
    parts = SystemVersion.objects.filter(system__in=systems, version__team=team_id)
    rows = list(parts.order_by(F("until").desc(nulls_first=True), "since", "pk").values_list("version_id", "until"))
    working = {pk for pk, until in rows if until is None}
    ended = {pk: until for pk, until in reversed(rows) if until is not None and pk not in working}
    pks = list(dict.fromkeys(pk for pk, until in rows if until is None or until >= since))
    versions, places = _versions(pks), _deployments(pks, team_id)
    return Scope(
        team_id,
        _systems([one.pk for one in systems]),
        versions=[one for one in versions if one.pk in working],
        deployments=[one for one in places if one.version_id in working],
        former=[one for one in versions if one.pk not in working],
        former_deployments=[one for one in places if one.version_id not in working],
        ended=ended,
    )


def _of_versions(team_id: int, pks: list[int]) -> Scope:
    parts = SystemVersion.objects.filter(version__in=pks, until=None, system__team=team_id).order_by("since", "pk")
    systems = _systems(dict.fromkeys(parts.values_list("system_id", flat=True)))
    return Scope(team_id, systems, _versions(pks), _deployments(pks, team_id))


def _of_incident(incident: Incident, since: datetime) -> Scope:
    """What the incident is about, as far as documents can speak of it."""
    team_id, pk = incident.team_id, int(incident.subject_id) if incident.subject_id.isdecimal() else 0
    table = incident.subject_type
    if table == AISystem._meta.label_lower:
        found = _of_systems(team_id, list(AISystem.objects.filter(pk=pk, team=team_id)), since)
    else:
        found = _of_versions(team_id, _versions_named(table, pk, team_id))
    data = DatasetVersion.objects.filter(team=team_id)
    if table == DatasetVersion._meta.label_lower:
        data = data.filter(pk=pk)
    elif table == Dataset._meta.label_lower:
        data = data.filter(dataset=pk).order_by("-number")[:1]
    else:
        data = data.none()
    return replace(found, datasets=_datasets(data.values_list("pk", flat=True)), incident=incident)


def _versions_named(table: str, pk: int, team_id: int) -> list[int]:
    """The model versions that an object of another table speaks of; of a whole model its newest."""
    rows = ModelVersion.objects.filter(team=team_id)
    through: dict[str, Q] = {
        ModelVersion._meta.label_lower: Q(pk=pk),
        RegisteredModel._meta.label_lower: Q(model=pk, deleted_at=None),
        Deployment._meta.label_lower: Q(deployments=pk),
        DriftRun._meta.label_lower: Q(drifts=pk),
        EvaluationRun._meta.label_lower: Q(evaluations=pk),
    }
    if table not in through:
        return []
    return list(rows.filter(through[table]).order_by("-number").values_list("pk", flat=True)[:1])


def _systems(pks: Iterable[int]) -> list[AISystem]:
    return _in_order(AISystem.objects.filter(pk__in=list(pks)).select_related("team", "owner", "created_by"), pks)


def _versions(pks: Iterable[int]) -> list[ModelVersion]:
    rows = ModelVersion.objects.filter(pk__in=list(pks)).prefetch_related("files", "aliases", "tags")
    return _in_order(rows.select_related("model__team", "model__created_by", "team", "created_by"), pks)


def _datasets(pks: Iterable[int]) -> list[DatasetVersion]:
    rows = DatasetVersion.objects.filter(pk__in=list(pks))
    return _in_order(rows.select_related("dataset", "created_by", "parent"), pks)


def _deployments(versions: list[int], team_id: int) -> list[Deployment]:
    return list(Deployment.objects.filter(version__in=versions, team=team_id).order_by("created_at", "pk"))


def _in_order(rows: Any, pks: Iterable[int]) -> list[Any]:
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in pks if pk in found]
