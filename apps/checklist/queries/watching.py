"""What was noticed about things since they exist, read for many at once: drift, incidents, and risks that are judged.

Findings are read by everybody who sees the thing, who need not see its team's incidents and risks: collectors name
these by their number and kind, never in the words of those who wrote them, and nothing of another team.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import CharField, Model, Q
from django.db.models.functions import Cast

from apps.catalog.models import Dataset, DatasetVersion
from apps.incidents.models import Incident
from apps.incidents.queries import incidents_about
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import newest_drifts
from apps.registry.models import AISystem, ModelVersion, RegisteredModel, SystemVersion
from apps.risks.models import Risk
from apps.risks.queries import risks_on_record
from apps.serving.models import Deployment

About = tuple[str, str]  # the table and the number that an incident speaks of
Told = dict[About, list[Incident]]
DRIFT = DriftRun._meta.label_lower


@dataclass(frozen=True)
class Watched:
    """What was noticed about one thing itself, and about the systems that a version works in.

    Incidents come the newest first, with `first_sent` and `next_duty` read; risks are those that are not closed.
    """

    drift: DriftRun | None = None
    incidents: tuple[Incident, ...] = ()
    risks: tuple[Risk, ...] = ()
    systems: tuple[SystemVersion, ...] = ()
    incidents_of_systems: tuple[Incident, ...] = ()
    risks_of_systems: tuple[Risk, ...] = ()


def watched_of(versions: Sequence[ModelVersion], deployments: Mapping[int, Sequence[Deployment]]) -> dict[int, Watched]:
    """By the version's id; `deployments` are those of each version. Five queries, and one where incidents are about
    measurements of drift; none without versions."""
    if not versions:
        return {}
    pks = [one.pk for one in versions]
    within = _systems(versions)
    drifts, risks = newest_drifts(pks), _risks(versions, within)
    told = _incidents_of(versions, deployments, within)
    found = {}
    for one in versions:
        names = [(one._meta.label_lower, str(one.pk)), (RegisteredModel._meta.label_lower, str(one.model_id))]
        names += [_named(deployment) for deployment in deployments[one.pk]]
        systems = [part.system for part in within[one.pk]]
        found[one.pk] = Watched(
            drift=drifts.get(one.pk),
            incidents=_about([*names, (DRIFT, f"of {one.pk}")], told, one.team_id),
            risks=tuple(risks[_named(one)]),
            systems=tuple(within[one.pk]),
            incidents_of_systems=_about([_named(system) for system in systems], told, one.team_id),
            risks_of_systems=tuple(risk for system in systems for risk in risks[_named(system)]),
        )
    return found


def watched_of_systems(systems: Collection[AISystem]) -> dict[int, Watched]:
    """What was noticed about each of these systems itself, by its id. Two queries; none where there are no systems."""
    if not systems:
        return {}
    told = _by_subject(incidents_about(_any_of(map(_named, systems))))
    risks: dict[int, list[Risk]] = defaultdict(list)
    for risk in risks_on_record(Q(system__in=systems)):
        risks[risk.system_id or 0].append(risk)
    return {
        one.pk: Watched(incidents=_about([_named(one)], told, one.team_id), risks=tuple(risks[one.pk]))
        for one in systems
    }


def watched_of_data(versions: Collection[DatasetVersion]) -> dict[int, Watched]:
    """What was noticed about each of these dataset versions and the datasets they are of, by the version's id."""
    names = {one.pk: [_named(one), (Dataset._meta.label_lower, str(one.dataset_id))] for one in versions}
    told = _by_subject(incidents_about(_any_of(name for each in names.values() for name in each)))
    return {one.pk: Watched(incidents=_about(names[one.pk], told, one.team_id)) for one in versions}


def _named(row: Model) -> About:
    return (row._meta.label_lower, str(row.pk))


def _any_of(names: Iterable[About]) -> Q:
    """Incidents about one of these things."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for table, pk in names:
        numbers[table].add(pk)
    found = Q(pk__in=[])
    for table, pks in sorted(numbers.items()):
        found |= Q(subject_type=table, subject_id__in=sorted(pks))
    return found


def _by_subject(rows: Iterable[Incident]) -> Told:
    found: Told = defaultdict(list)
    for row in rows:
        found[row.subject_type, row.subject_id].append(row)
    return found


def _about(names: Iterable[About], told: Told, team_id: int) -> tuple[Incident, ...]:
    """The team's incidents about these things, the newest first."""
    rows = [row for name in names for row in told.get(name, ()) if row.team_id == team_id]
    return tuple(sorted(rows, key=lambda row: (row.opened_at, row.pk), reverse=True))


def _systems(versions: Iterable[ModelVersion]) -> dict[int, list[SystemVersion]]:
    """The systems of its own team that each version works in, by the version's id."""
    found: dict[int, list[SystemVersion]] = defaultdict(list)
    teams = {one.pk: one.team_id for one in versions}
    rows = SystemVersion.objects.filter(version__in=list(teams), until=None).select_related("system")
    for row in rows.order_by("since", "pk"):
        if row.system.team_id == teams[row.version_id]:
            found[row.version_id].append(row)
    return found


def _risks(versions: Iterable[ModelVersion], within: Mapping[int, list[SystemVersion]]) -> dict[About, list[Risk]]:
    systems = {part.system_id for parts in within.values() for part in parts}
    found: dict[About, list[Risk]] = defaultdict(list)
    for risk in risks_on_record(Q(version__in=[one.pk for one in versions]) | Q(system__in=systems)):
        table = ModelVersion if risk.version_id else AISystem
        found[table._meta.label_lower, str(risk.version_id or risk.system_id)].append(risk)
    return found


def _incidents_of(
    versions: Sequence[ModelVersion],
    deployments: Mapping[int, Sequence[Deployment]],
    within: Mapping[int, list[SystemVersion]],
) -> Told:
    """Every incident that has to do with these versions. Those about measurements of drift stand under the version that
    was measured: `("monitoring.driftrun", "of 7")`.
    """
    names = [_named(one) for one in versions]
    names += [(RegisteredModel._meta.label_lower, str(one.model_id)) for one in versions]
    names += [_named(one) for each in deployments.values() for one in each]
    names += [_named(part.system) for parts in within.values() for part in parts]
    runs = DriftRun.objects.filter(version__in=[one.pk for one in versions]).values(text=Cast("pk", CharField()))
    told = _by_subject(incidents_about(_any_of(names) | Q(subject_type=DRIFT, subject_id__in=runs)))
    measured = [int(pk) for table, pk in told if table == DRIFT]
    if measured:
        for pk, version in DriftRun.objects.filter(pk__in=measured).values_list("pk", "version_id"):
            told[DRIFT, f"of {version}"] += told[DRIFT, str(pk)]
    return told
