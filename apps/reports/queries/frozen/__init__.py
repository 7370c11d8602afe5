"""What a snapshot holds, read from the record once: plain JSON that documents are made from."""

import platform
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from importlib.metadata import version as installed
from typing import Any

from apps.accounts.models import User
from apps.audit.queries.checkpoints import Held
from apps.audit.queries.examining import newest_held
from apps.catalog.models import DatasetVersion
from apps.checklist.rules.subjects import GENAIOPS
from apps.core.canonical import digest_of
from apps.monitoring.queries import alerts_in
from apps.registry.models import ModelVersion
from apps.reports.queries.frozen.assessments import (
    assessments_facts,
    assessments_of,
    frameworks_facts,
    waivers_told,
)
from apps.reports.queries.frozen.data import datasets_facts, merged_roles, read_datasets
from apps.reports.queries.frozen.energy import energy_of
from apps.reports.queries.frozen.findings import findings_of
from apps.reports.queries.frozen.incidents import incidents_facts
from apps.reports.queries.frozen.moment import one_moment
from apps.reports.queries.frozen.past import past_runs
from apps.reports.queries.frozen.places import deployments_facts, systems_facts
from apps.reports.queries.frozen.register import incidents_of, risks_facts
from apps.reports.queries.frozen.scope import Scope, scope_of
from apps.reports.queries.frozen.trail import trail_told
from apps.reports.queries.frozen.versions import Read, read_versions, versions_facts
from apps.reports.queries.subjects import Subject, kind_of_subject
from apps.reports.queries.words import moment, person
from apps.reports.rules.documents.filling.cycle_period import DAYS
from apps.reports.rules.documents.spec import DEPLOYMENT, INCIDENT, SYSTEM, VERSION

FORMAT = "genaiops-snapshot/2"
PACKAGES = ("django", "weasyprint")
_ELSEWHERE = ("groups", "subject", "gate")  # of an assessment, what its version holds or `assessments` tells


def freeze(
    subject: Subject,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    organisation: Mapping[str, str] | None = None,
    since: datetime | None = None,
) -> dict[str, Any]:
    """Everything on record about one thing, as JSON values, floats unrounded. `at` is the moment it is taken. Versions
    that were taken out of a system are told where that was in the last cycle of monitoring, or after `since`.

    The caller has seen to it that whoever takes it may see the thing. It tells what the people of the thing's team may
    see: people appear by number and display name, never by address, and no rows of data are in it. The number of
    queries does not depend on how many versions, datasets, deployments or answers there are. All of it is as it stood
    at one moment.
    """
    cycle = at - timedelta(days=DAYS)
    begin = min(since, cycle) if since else cycle
    held = newest_held()  # before the moment: then every entry that a checkpoint names can be seen in it
    with one_moment():
        facts = _everything(subject, begin, held)
    return {
        "format": FORMAT,
        "subject": _subject(subject, facts),
        "taken_at": moment(at),
        "taken_by": person(by),
        "reason": reason,
        "software": {"python": platform.python_version()} | _installed(),
        "organisation": dict(organisation or {}),
        "former_since": moment(begin),
        **facts,
    }


def _everything(subject: Subject, since: datetime, held: Held) -> dict[str, Any]:
    scope = scope_of(subject, since)
    read = read_versions(scope.watched)
    roles = merged_roles({data: [] for data in scope.datasets}, *(read.roles_of(version) for version in scope.versions))
    scope = replace(scope, datasets=read_datasets(roles))
    return _facts(scope, read, roles, held)


def _installed() -> dict[str, str]:
    return {name: installed(name) for name in PACKAGES}


def _facts(scope: Scope, read: Read, roles: dict[int, list[str]], held: Held) -> dict[str, Any]:
    found = findings_of(scope.versions, scope.datasets)
    systems = systems_facts(scope.systems, scope.team_id)
    places = deployments_facts([*scope.deployments, *scope.former_deployments])
    assessments = assessments_of(scope)
    assessed = assessments_facts(assessments)
    drifts = [run for runs in read.drifts.values() for run in runs]
    incidents = incidents_of(scope, drifts)
    watched = [_version(one, systems, places, assessed) for one in versions_facts(scope.watched, read, found)]
    versions, former = watched[: len(scope.versions)], watched[len(scope.versions) :]
    gone = {one.pk for one in scope.former}
    return {
        "system": systems[0] if len(systems) == 1 else None,
        "systems": systems,
        "versions": versions,
        "former_versions": former,
        "past_runs": past_runs(scope.ended),
        "datasets": datasets_facts(scope.datasets, roles, scope.team_id, found),
        "deployments": [one for one in places if one["version_id"] not in gone],
        "former_deployments": [one for one in places if one["version_id"] in gone],
        "assessments": assessed,
        "risks": risks_facts(scope),
        "incidents": incidents_facts(incidents),
        "monitoring": {"alerts": _alerts_of(versions), "former_alerts": _alerts_of(former)},
        "waivers": waivers_told(assessed),
        "energy": energy_of(versions),
        "frameworks": frameworks_facts(assessments),
        "audit_trail": trail_told(scope, _lineage(watched), incidents, held),
    }


def _lineage(versions: list[dict[str, Any]]) -> list[int]:
    return [step["id"] for one in versions for step in one["lineage"]]


def _version(
    one: dict[str, Any],
    systems: list[dict[str, Any]],
    deployments: list[dict[str, Any]],
    assessments: list[dict[str, Any]],
) -> dict[str, Any]:
    """A version with where it works, where it runs, and how it stands before its gate."""
    pk = one["version"]["id"]
    own = next(
        (each for each in assessments if each["framework"]["urn"] == GENAIOPS and _is_of(each, VERSION, pk)), None
    )
    return one | {
        "works_in": [
            {"system": system["label"], **part}
            for system in systems
            for part in system["parts"]
            if part["version_id"] == pk
        ],
        "deployments": [
            {name: each[name] for name in ("id", "name", "environment", "state")}
            for each in deployments
            if each["version_id"] == pk
        ],
        "assessment": {name: own[name] for name in own if name not in _ELSEWHERE} if own else None,
        "gate": own["gate"] if own else None,
    }


def _is_of(assessment: dict[str, Any], kind: str, pk: int) -> bool:
    return (assessment["subject"]["kind"], assessment["subject"]["id"]) == (kind, pk)


def _alerts_of(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [alert for one in versions for run in one["drift"] for alert in _alerts(run)]


def _alerts(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Every value of one measurement that lies outside its thresholds."""
    about = {name: run[name] for name in ("version_id", "version_label", "is_own_traffic", "finished_at")}
    measures = (run["result"] or {}).get("measures", [])
    return [asdict(one) | {"words": one.words, "drift": run["id"]} | about for one in alerts_in(measures)]


def _subject(subject: Subject, facts: dict[str, Any]) -> dict[str, Any]:
    """What the snapshot is of. `digest` changes with its content: files, rows, or what is said of it."""
    kind = kind_of_subject(subject)
    told = {"kind": kind, "id": subject.pk, "label": str(subject)}
    if isinstance(subject, ModelVersion):
        return told | {"digest": subject.manifest_digest}
    if isinstance(subject, DatasetVersion):
        return told | {"digest": subject.digest}
    rows = {SYSTEM: facts["systems"], DEPLOYMENT: facts["deployments"], INCIDENT: facts["incidents"]}[kind]
    own = next(row for row in rows if row["id"] == subject.pk)
    return told | {"digest": own.get("digest") or digest_of(own)}
