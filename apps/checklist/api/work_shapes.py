"""What the API of assignments and discussions accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.checklist.models import Discussion, Remark
from apps.checklist.rules.work import WORK_STATES
from apps.checklist.services.assignments import NOTE_MOST
from apps.checklist.services.discussions import REMARK_MOST
from apps.core.serializing import Input, Key

PART = "id in the framework; left out with the other one: the whole assessment"


class AssignmentIn(Input):
    """A part of an assessment for a person of its team who may answer there."""

    person = Key(required=False, help_text="left out: yourself")
    group = serializers.CharField(required=False, max_length=120, help_text=PART)
    question = serializers.CharField(required=False, max_length=120, help_text=PART)
    due_on = serializers.DateField(required=False, allow_null=True, help_text="the last day in time; today or later")
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_MOST)


class AssignmentOut(serializers.Serializer[Any]):
    """A part of an assessment in somebody's hands, as it stands today."""

    id = serializers.IntegerField(source="pk")
    assessment = serializers.IntegerField()
    subject = serializers.CharField(source="subject_label")
    framework = serializers.CharField(help_text="its title")
    group = serializers.CharField(help_text="empty, as the question is: the whole assessment")
    question = serializers.CharField()
    part = serializers.CharField(source="label", help_text="the part in words")
    person = serializers.CharField()
    person_id = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=list(WORK_STATES.items()))
    answered = serializers.IntegerField(help_text="questions of the part with a present answer")
    questions = serializers.IntegerField(source="total")
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    ended_by = serializers.CharField(help_text="empty: it was not taken back")
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_because = serializers.CharField()


class RemarkIn(Input):
    """What somebody says about a question, or about the assessment as a whole."""

    text = serializers.CharField(max_length=REMARK_MOST, help_text="plain text; line breaks are kept")
    question = serializers.CharField(required=False, max_length=120, help_text="left out: the assessment as a whole")


class RemarkOut(serializers.ModelSerializer[Remark]):
    """One remark; without words where it was withdrawn."""

    written_by = serializers.StringRelatedField[Any]()
    withdrawn_by = serializers.StringRelatedField[Any](help_text="null: it stands")

    class Meta:
        model = Remark
        fields = ["id", "discussion", "text", "written_by", "written_at", "withdrawn_by", "withdrawn_at"]


class DiscussionOut(serializers.ModelSerializer[Discussion]):
    """What is said about one question, or about the assessment as a whole, and whether it is settled."""

    is_open = serializers.BooleanField(read_only=True)
    remarks = serializers.IntegerField(source="standing", read_only=True, help_text="how many stand")
    settled_by = serializers.StringRelatedField[Any](help_text="null: it is open")

    class Meta:
        model = Discussion
        fields = ["id", "assessment", "question", "is_open", "remarks", "opened_at", "settled_by", "settled_at"]
