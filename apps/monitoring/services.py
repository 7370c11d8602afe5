"""Every write about drift measurements."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import rules as run_rules
from apps.core.canonical import digest_of
from apps.core.errors import Invalid
from apps.core.queue import enqueue
from apps.incidents.models import Incident
from apps.incidents.rules import DRIFT
from apps.incidents.services import incident_open
from apps.monitoring import rules
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import told_of
from apps.registry.models import ModelVersion


@transaction.atomic
def drift_start(
    *,
    by: User,
    version: ModelVersion,
    reference: DatasetVersion,
    analysis: DatasetVersion,
    config: dict[str, Any],
    is_own_traffic: bool = False,
    opens_incident: bool = False,
    note: str = "",
) -> DriftRun:
    """Queue a comparison of `analysis` with `reference`, chunk by chunk. With `opens_incident`, alerts put an incident
    on record. Raises Invalid for unknown settings, and for incidents about data that is not of the version's own use.
    """
    require(by, "drift.start", version.team_id, shared=version.model)
    for data in (reference, analysis):
        require(by, "team.view", data.team_id, shared=data.dataset)
        if data.format not in {"csv", "parquet"}:
            raise Invalid(f"{data} is {data.format}; drift is measured on CSV or Parquet tables.", code="drift.format")
    if opens_incident and not is_own_traffic:
        raise Invalid(
            "Data that is not of the version's own use says nothing about how it does.",
            code="drift.incident",
            remedy="Say that the observed data comes from the version's own use, or let alerts open no incident.",
        )
    unknown = set(config) - rules.SETTINGS
    if unknown:
        raise Invalid(f"Unknown settings: {', '.join(sorted(unknown))}.", code="drift.settings")
    run = DriftRun.objects.create(
        team_id=version.team_id,
        version=version,
        reference=reference,
        analysis=analysis,
        config=config,
        is_own_traffic=is_own_traffic,
        opens_incident=opens_incident,
        note=note,
        created_by=by,
    )
    record(action="drift.start", obj=run, by=by, data={"reference": reference.digest, "analysis": analysis.digest})
    enqueue(run)
    return run


@transaction.atomic
def drift_finish(*, run: DriftRun, result: dict[str, Any]) -> None:
    """Store what a worker measured, every chunk's value at full precision."""
    run.end(run_rules.SUCCEEDED, result=result, message="Drift measured")
    record(action="drift.finish", obj=run, by=WORKER, data={"result_digest": digest_of(result)})
    if run.opens_incident:
        drift_report(run=run)


@transaction.atomic
def drift_report(*, run: DriftRun) -> Incident | None:
    """Put an incident on record for the alerts of a measurement, once: where there was one, open or closed, nothing
    happens. None where it has no alert.
    """
    told = told_of(run)
    if told is None:
        return None
    before = Incident.objects.filter(subject_type=run._meta.label_lower, subject_id=str(run.pk), kind=DRIFT).first()
    if before is not None:
        return before
    return incident_open(
        by=WORKER,
        team=run.team_id,
        title=told.title,
        severity=told.severity,
        kind=DRIFT,
        description=told.description,
        subject=run,
        details=told.details,
    )
