"""Giving parts of an assessment to people, and taking them back."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Assessment, Assignment
from apps.checklist.queries.views import views_of
from apps.checklist.queries.work import may_end
from apps.checklist.rules import AssessmentView
from apps.checklist.rules.work import due_problem, is_done, part_of
from apps.checklist.services.revisions import locked
from apps.core.errors import Conflict, Invalid, NotFound, Refused

NOTE_MOST = 2_000  # characters
GIVEN_ANEW = "Given anew"


@transaction.atomic
def assignment_give(
    *,
    by: User,
    assessment: Assessment,
    person: User,
    group: str = "",
    question: str = "",
    due_on: date | None = None,
    note: str = "",
    on: date | None = None,
) -> Assignment:
    """Give all of an assessment, a group or one question to a person who may answer there. Who had it before has it no
    more. `on` is the present day, unless given.

    Whoever may answer may give it to themselves; to others, and out of others' hands, who may `assignment.give`.
    Raises NotFound for a part that is not there, Invalid for a person who may not answer or a day that is past,
    Conflict for what is done already.
    """
    require(by, "assessment.answer" if person.pk == by.pk else "assignment.give", assessment.team_id)
    _check_entered(assessment, person, due_on, note, on or timezone.localdate())
    assessment = locked(assessment)
    _check_part(views_of([assessment])[assessment.pk], group, question)
    before = Assignment.objects.filter(assessment=assessment, group=group, question=question, ended_at=None).first()
    if before is not None:
        _check_hands(by, before)
        _end(by, before, GIVEN_ANEW)
    given = Assignment.objects.create(
        assessment=assessment,
        team_id=assessment.team_id,
        group=group,
        question=question,
        person=person,
        due_on=due_on,
        note=note.strip(),
        given_by=by,
    )
    data = _about(given) | {"due_on": due_on.isoformat() if due_on else ""}
    record(action="assignment.give", obj=given, by=by, data=data)
    return given


@transaction.atomic
def assignment_end(*, by: User, assignment: Assignment, reason: str) -> Assignment:
    """Take a part back: nobody has it then. What one gave to oneself one may lay down; for anything else
    `assignment.give` is asked for. Raises Invalid without a reason, Conflict where that was done already.
    """
    require(by, "assessment.answer", assignment.team_id)
    if not reason.strip():
        raise Invalid("Say why it is taken back; the reason is kept in the trail.", code="reason.missing")
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("assessment", "person")
    assignment = rows.get(pk=assignment.pk)
    if assignment.ended_at is not None:
        raise Conflict("This has been taken back already.", code="assignment.ended")
    _check_hands(by, assignment)
    _end(by, assignment, reason.strip())
    return assignment


def _end(by: User, assignment: Assignment, reason: str) -> None:
    assignment.ended_by, assignment.ended_at, assignment.ended_because = by, timezone.now(), reason
    assignment.save(update_fields=["ended_by", "ended_at", "ended_because"])
    record(action="assignment.end", obj=assignment, by=by, reason=reason, data=_about(assignment))


def _about(assignment: Assignment) -> dict[str, str | int]:
    """What the trail says of it: ids alone."""
    return {
        "assessment": assignment.assessment_id,
        "group": assignment.group,
        "question": assignment.question,
        "person": f"user:{assignment.person_id}",
    }


def _check_hands(by: User, assignment: Assignment) -> None:
    """Nobody takes away what somebody else was given, or lays down what somebody else gave them, without the right."""
    if not may_end(by, assignment, assignment.team_id):
        raise Refused(
            "Somebody else gave this, so you cannot take it back.",
            code="assignment.not_yours",
            remedy="Ask a compliance officer or an administrator of the team.",
        )


def _check_entered(assessment: Assessment, person: User, due_on: date | None, note: str, on: date) -> None:
    if not may(person, "assessment.answer", assessment.team_id):
        raise Invalid(
            "This person may not answer in the assessment's team.",
            code="assignment.person",
            remedy="Choose an engineer, a compliance officer or an administrator of the team.",
        )
    if problem := due_problem(due_on, on):
        raise Invalid(problem, code="assignment.due")
    if len(note.strip()) > NOTE_MOST:
        raise Invalid(f"A note has up to {NOTE_MOST} characters.", code="assignment.note")


def _check_part(view: AssessmentView, group: str, question: str) -> None:
    if group and question:
        raise Invalid("Give a group or a question, not both.", code="assignment.part")
    if not part_of(view, group, question):
        raise NotFound(f"The framework has no “{question or group}”.", code="assignment.part_unknown")
    if is_done(view, group, question):
        raise Conflict(
            "There is nothing left to do: it is answered, or the assessment was handed in.",
            code="assignment.done",
            remedy="To ask for another answer, write a remark beside the question.",
        )
