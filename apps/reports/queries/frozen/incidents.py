"""Incidents as a snapshot holds them: the account, its clocks, what is kept, who was told, and what was put right."""

from collections.abc import Iterable
from typing import Any

from apps.incidents.models import CorrectiveAction, Incident, IncidentDuty, IncidentHold, IncidentReport
from apps.incidents.rules.clocks import NONE, book
from apps.reports.queries.words import moment, person, without_paths

RELATED = ("team", "opened_by", "closed_by")
PARTS = (
    "reports__written_by",
    "reports__sent_by",
    "holds__placed_by",
    "holds__released_by",
    "duties__done_by",
    "actions__owner",
    "actions__done_by",
)


def incidents_facts(incidents: Iterable[Incident]) -> list[dict[str, Any]]:
    """Each incident with everything that hangs on it, the oldest first. The caller has seen to it that whoever takes
    the snapshot may see them; read them with `select_related(*RELATED).prefetch_related(*PARTS)`.
    """
    return [_incident(one) for one in sorted(incidents, key=lambda one: (one.opened_at, one.pk))]


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.pk,
        "title": one.title,
        "description": one.description,
        "kind": one.kind,
        "kind_label": one.get_kind_display(),
        "severity": one.severity,
        "severity_label": one.get_severity_display(),
        "state": one.state,
        "state_label": one.get_state_display(),
        "team": one.team.name,
        "subject": {"type": one.subject_type, "id": one.subject_id, "label": one.subject_label},
        "details": without_paths(one.details),
        "opened_by": person(one.opened_by),
        "opened_at": moment(one.opened_at),
        "aware_at": moment(one.aware_at),
        "clock": _clock(one),
        "closed_by": person(one.closed_by),
        "closed_at": moment(one.closed_at),
        "resolution": one.resolution,
        "reports": [_report(report) for report in one.reports.all()],
        "holds": [_hold(hold) for hold in one.holds.all()],
        "duties": [_duty(duty) for duty in one.duties.all()],
        "actions": [_action(action) for action in one.actions.all()],
    }


def _clock(one: Incident) -> dict[str, Any]:
    """Which report is due by when. The words are those of the present file of clocks; `version` is the one that the
    incident was put under."""
    told = book().clocks.get(one.clock)
    return {
        "id": one.clock,
        "is_due": one.clock != NONE and one.due_at is not None,
        "title": told.title if told else one.clock,
        "days": told.days if told else None,
        "reference": told.reference if told else "",
        "when": told.when if told else "",
        "version": one.clock_version,
        "due_at": moment(one.due_at),
    }


def _report(one: IncidentReport) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.kind,
        "kind_label": one.get_kind_display(),
        "sections": dict(one.sections),
        "revision": one.revision,
        "written_by": person(one.written_by),
        "written_at": moment(one.written_at),
        "sent_by": person(one.sent_by),
        "sent_at": moment(one.sent_at),
        "reference": one.reference,
        "digest": one.digest,
    }


def _hold(one: IncidentHold) -> dict[str, Any]:
    return {
        "label": one.subject_label,
        "type": one.subject_type,
        "id": one.subject_id,
        "reason": one.reason,
        "placed_by": person(one.placed_by),
        "placed_at": moment(one.placed_at),
        "released_by": person(one.released_by),
        "released_at": moment(one.released_at),
        "released_because": one.released_because,
    }


def _duty(one: IncidentDuty) -> dict[str, Any]:
    told = book().duties.get(one.duty)
    return {
        "duty": one.duty,
        "title": one.title,
        "reference": told.reference if told else "",
        "due_at": moment(one.due_at),
        "done_at": moment(one.done_at),
        "done_by": person(one.done_by),
        "note": one.note,
    }


def _action(one: CorrectiveAction) -> dict[str, Any]:
    return {
        "title": one.title,
        "owner": person(one.owner),
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "subject": {"type": one.subject_type, "id": one.subject_id, "label": one.subject_label},
        "added_at": moment(one.added_at),
        "done_by": person(one.done_by),
        "done_at": moment(one.done_at),
        "outcome": one.outcome,
    }
