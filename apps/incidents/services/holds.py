"""Holds: objects that stay as they are while an incident is looked into (AI Act, Article 73(6))."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid, Refused
from apps.incidents.models import Incident, IncidentHold
from apps.incidents.services.opening import still_open

_NAMED = ("subject_id", "subject_label", "incident_id")


@transaction.atomic
def hold_place(*, by: User, incident: Incident, subject: models.Model, reason: str) -> IncidentHold:
    """Keep an object as it is: whoever would change or delete it is refused until the hold is released.

    The caller has seen to it that the person may see the object. Raises Invalid without a reason, Conflict where it is
    held for this incident already.
    """
    require(by, "incident.manage", incident.team_id)
    if not reason.strip():
        raise Invalid("Say why it is kept as it is; the reason is kept in the trail.", code="reason.missing")
    incident = still_open(incident)
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    if incident.holds.filter(released_at=None, **about).exists():
        raise Conflict("It is kept as evidence already.", code="hold.exists")
    hold = IncidentHold.objects.create(
        incident=incident, subject_label=str(subject)[:200], placed_by=by, reason=reason.strip(), **about
    )
    record(action="hold.place", obj=hold, by=by, reason=hold.reason, data={"incident": incident.pk} | about)
    return hold


@transaction.atomic
def hold_release(*, by: User, hold: IncidentHold, reason: str) -> IncidentHold:
    """Let an object be changed again. Raises Invalid without a reason, Conflict where that is done."""
    require(by, "incident.manage", hold.incident.team_id)
    if not reason.strip():
        raise Invalid("Say why it need not be kept any longer; the reason is kept.", code="reason.missing")
    hold = IncidentHold.objects.select_for_update(of=("self",)).select_related("incident").get(pk=hold.pk)
    if hold.released_at is not None:
        raise Conflict("This hold was released already.", code="hold.released")
    hold.released_by, hold.released_at, hold.released_because = by, timezone.now(), reason.strip()
    hold.save(update_fields=["released_by", "released_at", "released_because"])
    record(action="hold.release", obj=hold, by=by, reason=reason.strip(), data={"incident": hold.incident_id})
    return hold


def require_free(subject: models.Model) -> None:
    """Raise Refused where an object is kept as evidence. Services ask before they change or delete it."""
    require_all_free(type(subject)._default_manager.filter(pk=subject.pk))


def require_all_free(subjects: models.QuerySet[Any]) -> None:
    """Raise Refused where one of these objects is kept as evidence. Two queries at most, however many they are."""
    held = IncidentHold.objects.filter(subject_type=subjects.model._meta.label_lower, released_at=None)
    named = {int(pk): (label, incident) for pk, label, incident in held.values_list(*_NAMED)}
    first = subjects.filter(pk__in=named).values_list("pk", flat=True).first() if named else None
    if first is not None:
        label, incident = named[first]
        raise Refused(
            f"“{label}” is kept as it is, as evidence for incident {incident}.",
            code="hold.in_force",
            remedy="A compliance officer releases the hold once the incident has been looked into.",
        )
