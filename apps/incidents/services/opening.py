"""Putting incidents on record, setting their clock, and closing them."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.incidents.models import Incident
from apps.incidents.rules import CLOSED, FINAL, KINDS, OPEN, OTHER, SEVERITIES
from apps.incidents.rules.clocks import book, due_at, duty_due_at

MOST_TOLD = 100  # reports of the same thing that one incident keeps


@transaction.atomic
def incident_open(
    *,
    by: User | str,
    team: Team | int,
    title: str,
    severity: str,
    kind: str = OTHER,
    description: str = "",
    subject: models.Model | None = None,
    details: dict[str, Any] | None = None,
    aware_at: datetime | None = None,
) -> Incident:
    """Put on record that something went wrong. `by` is a person, or the word for the platform itself.

    What is open about the same object already is not opened twice: the platform adds to it, a person is told
    (Conflict). Raises Invalid for an empty title, an unknown kind or severity, or a time of awareness to come.
    """
    if isinstance(by, User):
        require(by, "incident.open", team)
    _check(title, severity, kind, aware_at)
    in_turn(team)
    about = _about(subject)
    if subject is not None and (open_one := Incident.objects.filter(**about, kind=kind, state=OPEN).first()):
        if isinstance(by, User):
            raise Conflict(
                f"This is on record already, as incident {open_one.pk}.",
                code="incident.open",
                remedy="Open that incident.",
            )
        return _told_again(open_one, by, details or {})
    incident = Incident.objects.create(
        team_id=team if isinstance(team, int) else team.pk,
        title=title.strip()[:200],
        description=description.strip(),
        kind=kind,
        severity=severity,
        subject_label=str(subject or "")[:200],
        details=details or {},
        opened_by=by if isinstance(by, User) else None,
        aware_at=aware_at or timezone.now(),
        **about,
    )
    data = {"kind": kind, "severity": severity, "about": f"{incident.subject_type}:{incident.subject_id}"}
    record(action="incident.open", obj=incident, by=by, data=data)
    return incident


@transaction.atomic
def incident_close(*, by: User, incident: Incident, resolution: str) -> Incident:
    """Say how it ended. Raises Invalid without a resolution, Conflict when it is closed already."""
    require(by, "incident.close", incident.team_id)
    if not resolution.strip():
        raise Invalid("Say how it ended; that is kept with the incident.", code="resolution.missing")
    incident = still_open(incident)
    _require_told(incident)
    incident.state, incident.closed_by, incident.closed_at = CLOSED, by, timezone.now()
    incident.resolution = resolution.strip()
    incident.save(update_fields=["state", "closed_by", "closed_at", "resolution"])
    record(action="incident.close", obj=incident, by=by, reason=incident.resolution)
    return incident


@transaction.atomic
def incident_classify(
    *, by: User, incident: Incident, clock: str, reason: str, severity: str = "", aware_at: datetime | None = None
) -> Incident:
    """Say which report to an authority is due, which starts its clock from awareness, and how bad it is.

    Raises Invalid without a reason or for a clock, severity or time that is none; Conflict once it is closed.
    """
    require(by, "incident.manage", incident.team_id)
    if not reason.strip():
        raise Invalid("Say why it is so; the reason is kept in the trail.", code="reason.missing")
    if clock not in book().clocks:
        raise Invalid("There is no such clock.", code="incident.clock", remedy=f"Choose {', '.join(book().clocks)}.")
    _check("-", severity or incident.severity, incident.kind, aware_at)
    incident = still_open(incident)
    incident.severity, incident.aware_at = severity or incident.severity, aware_at or incident.aware_at
    incident.clock, incident.clock_version = clock, book().version
    incident.due_at = due_at(clock, incident.aware_at)
    incident.save(update_fields=["severity", "aware_at", "clock", "clock_version", "due_at"])
    for duty in incident.duties.filter(done_at=None):
        duty.due_at = duty_due_at(duty.duty, incident.aware_at)
        duty.save(update_fields=["due_at"])
    data = {"clock": clock, "severity": incident.severity, "due_at": incident.due_at and incident.due_at.isoformat()}
    record(action="incident.classify", obj=incident, by=by, reason=reason.strip(), data=data)
    return incident


def still_open(incident: Incident) -> Incident:
    """The incident, read afresh and held until the transaction ends. Raises Conflict once it is closed."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("team").get(pk=incident.pk)
    if incident.state == CLOSED:
        raise Conflict("This incident is closed already.", code="incident.closed")
    return incident


def _require_told(incident: Incident) -> None:
    """An incident whose clock runs is closed only after its final report went out."""
    if incident.due_at is not None and not incident.reports.filter(kind=FINAL, sent_at__isnull=False).exists():
        raise Conflict(
            "A report to the authority is due, and no final report was sent.",
            code="incident.report_due",
            remedy="Send the final report, or say with a reason that no report is due after all.",
        )


def _check(title: str, severity: str, kind: str, aware_at: datetime | None) -> None:
    if not title.strip():
        raise Invalid("Say in a few words what went wrong.", code="incident.title")
    if severity not in SEVERITIES or kind not in KINDS:
        raise Invalid(
            "There is no such severity or kind of incident.",
            code="incident.severity",
            remedy=f"Choose {', '.join(SEVERITIES)}, and one of {', '.join(KINDS)}.",
        )
    if aware_at is not None and aware_at > timezone.now():
        raise Invalid("Nobody can have come to know of it in the future.", code="incident.aware_at")


def _about(subject: models.Model | None) -> dict[str, str]:
    if subject is None:
        return {"subject_type": "", "subject_id": ""}
    return {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}


def _told_again(incident: Incident, by: str, details: dict[str, Any]) -> Incident:
    """Add what the platform found now to what is known: lists grow, each thing once."""
    for name, value in details.items():
        known = incident.details.get(name)
        if isinstance(known, list) and isinstance(value, list):
            value = (known + [item for item in value if item not in known])[-MOST_TOLD:]
        incident.details[name] = value
    incident.save(update_fields=["details"])
    record(action="incident.add", obj=incident, by=by)
    return incident
