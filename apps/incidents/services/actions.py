"""What follows from an incident: corrective actions, and others that have to be told."""

from datetime import date, datetime

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import roles_by_team
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.incidents.models import CorrectiveAction, Incident, IncidentDuty
from apps.incidents.rules.clocks import book, duty_due_at
from apps.incidents.services.opening import still_open


@transaction.atomic
def action_add(
    *,
    by: User,
    incident: Incident,
    title: str,
    owner: User | None = None,
    due_on: date | None = None,
    subject: models.Model | None = None,
) -> CorrectiveAction:
    """Say what is done so that it does not happen again. `subject` carries the cure, such as a new model version; the
    caller has seen to it that the person may see it. Raises Invalid without a title or for an owner from elsewhere.
    """
    require(by, "incident.open", incident.team_id)
    owner = owner or by
    if not title.strip():
        raise Invalid("Say what is to be done.", code="action.title")
    if incident.team_id not in roles_by_team(owner):
        raise Invalid("Whoever is to do it belongs to the team.", code="action.owner")
    incident = still_open(incident)
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)} if subject else {}
    action = CorrectiveAction.objects.create(
        incident=incident,
        title=title.strip()[:200],
        owner=owner,
        due_on=due_on,
        subject_label=str(subject or "")[:200],
        added_by=by,
        **about,
    )
    record(action="action.add", obj=action, by=by, data={"incident": incident.pk, "owner": f"user:{owner.pk}"} | about)
    return action


@transaction.atomic
def action_done(*, by: User, action: CorrectiveAction, outcome: str) -> CorrectiveAction:
    """Say that it is done, and what came of it. Raises Invalid without words, Conflict where it is done already."""
    require(by, "incident.open", action.incident.team_id)
    if not outcome.strip():
        raise Invalid("Say what came of it.", code="action.outcome")
    action = CorrectiveAction.objects.select_for_update(of=("self",)).select_related("incident").get(pk=action.pk)
    if action.done_at is not None:
        raise Conflict("This is done already.", code="action.done")
    action.done_at, action.done_by, action.outcome = timezone.now(), by, outcome.strip()
    action.save(update_fields=["done_at", "done_by", "outcome"])
    record(action="action.done", obj=action, by=by, data={"incident": action.incident_id})
    return action


@transaction.atomic
def duty_add(*, by: User, incident: Incident, duty: str) -> IncidentDuty:
    """Put on record that others have to be told as well; their clock runs from awareness. Raises Invalid, Conflict."""
    require(by, "incident.manage", incident.team_id)
    if duty not in book().duties:
        raise Invalid("There is no such duty.", code="duty.unknown", remedy=f"Choose {', '.join(book().duties)}.")
    incident = still_open(incident)
    if incident.duties.filter(duty=duty).exists():
        raise Conflict("This duty is on record already.", code="duty.exists")
    made = IncidentDuty.objects.create(
        incident=incident, duty=duty, title=book().duties[duty].title, due_at=duty_due_at(duty, incident.aware_at)
    )
    record(action="duty.add", obj=made, by=by, data={"incident": incident.pk, "duty": duty})
    return made


@transaction.atomic
def duty_done(*, by: User, duty: IncidentDuty, note: str, done_at: datetime | None = None) -> IncidentDuty:
    """Say that they were told, when (now, unless given), and under what reference. Raises Invalid without words or for
    a time to come, Conflict where it is done already.
    """
    require(by, "incident.manage", duty.incident.team_id)
    if not note.strip():
        raise Invalid("Say who was told, and under what reference.", code="duty.note")
    done_at = done_at or timezone.now()
    if done_at > timezone.now() or done_at < duty.incident.aware_at:
        raise Invalid("They are told after the incident is known, and not in the future.", code="duty.done_at")
    duty = IncidentDuty.objects.select_for_update(of=("self",)).select_related("incident").get(pk=duty.pk)
    if duty.done_at is not None:
        raise Conflict("This duty is done already.", code="duty.done")
    duty.done_at, duty.done_by, duty.note = done_at, by, note.strip()
    duty.save(update_fields=["done_at", "done_by", "note"])
    record(action="duty.done", obj=duty, by=by, data={"incident": duty.incident_id, "duty": duty.duty})
    return duty
