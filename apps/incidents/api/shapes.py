"""What the API accepts and shows of incidents, their clocks, reports, holds, duties and actions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.serializing import Input, JsonObject, Key, Reason, Reference
from apps.incidents.models import CorrectiveAction, Incident, IncidentDuty, IncidentHold, IncidentReport
from apps.incidents.queries import clocks_of
from apps.incidents.rules import HOLDABLE, KINDS, REPORTABLE, REPORTS, SEVERITIES
from apps.incidents.rules.clocks import book

LONG = 20_000
REPORTED = sorted((table, table) for table in REPORTABLE)
TABLES = [(table, words) for table, (words, _) in HOLDABLE.items()]


class IncidentIn(Input):
    team = Key()
    title = serializers.CharField(max_length=200)
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    kind = serializers.ChoiceField(choices=list(KINDS.items()), required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=LONG)
    aware_at = serializers.DateTimeField(required=False, help_text="when the organisation came to know of it")
    subject_type = serializers.ChoiceField(choices=REPORTED, required=False, help_text="the table of what it is about")
    subject_id = Key(required=False)


class IncidentClose(Input):
    resolution = serializers.CharField(max_length=LONG, help_text="how it ended")


class ClassifyIn(Reason):
    clock = serializers.CharField(max_length=20, help_text=f"one of {', '.join(book().clocks)}")
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()), required=False)
    aware_at = serializers.DateTimeField(required=False)


class SubjectIn(Input):
    subject_type = serializers.ChoiceField(choices=TABLES)
    subject_id = Key()


class HoldIn(SubjectIn):
    reason = serializers.CharField(max_length=2_000)


class DutyIn(Input):
    duty = serializers.CharField(max_length=30, help_text=f"one of {', '.join(book().duties)}")


class DutyDone(Input):
    note = serializers.CharField(max_length=LONG, help_text="who was told, and under what reference")
    done_at = serializers.DateTimeField(required=False, help_text="default: now")


class ActionIn(Input):
    title = serializers.CharField(max_length=200)
    owner = Key(required=False, help_text="id of a person of the team; default: you")
    due_on = serializers.DateField(required=False)
    subject_type = serializers.ChoiceField(choices=TABLES, required=False)
    subject_id = Key(required=False)


class ActionDone(Input):
    outcome = serializers.CharField(max_length=LONG)


class ReportStart(Input):
    kind = serializers.ChoiceField(choices=list(REPORTS.items()))


class ReportSave(Input):
    sections = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONG),
        help_text=f"words by section: {', '.join(section.id for section in book().sections)}",
    )
    expect_revision = serializers.IntegerField(required=False, help_text="the revision you looked at")


class ReportSend(Input):
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)
    told_at = serializers.DateTimeField(source="sent_at", required=False, help_text="when it went out; default: now")


class HoldOut(serializers.ModelSerializer[IncidentHold]):
    placed_by = Reference()
    released_by = Reference(allow_null=True)

    class Meta:
        model = IncidentHold
        fields = [
            "id", "subject_type", "subject_id", "subject_label", "reason", "placed_by", "placed_at", "released_by",
            "released_at", "released_because",
        ]  # fmt: skip


class DutyOut(serializers.ModelSerializer[IncidentDuty]):
    class Meta:
        model = IncidentDuty
        fields = ["id", "duty", "title", "due_at", "done_at", "note"]


class ActionOut(serializers.ModelSerializer[CorrectiveAction]):
    owner = Reference()
    done_by = Reference(allow_null=True)

    class Meta:
        model = CorrectiveAction
        fields = [
            "id", "title", "owner", "due_on", "subject_type", "subject_id", "subject_label", "done_at", "done_by",
            "outcome",
        ]  # fmt: skip


class AuthorityReportOut(serializers.ModelSerializer[IncidentReport]):
    sections = JsonObject(help_text="words by section")
    written_by = Reference()
    told_at = serializers.DateTimeField(source="sent_at", allow_null=True, help_text="when it went out")
    told_by = Reference(source="sent_by", allow_null=True)

    class Meta:
        model = IncidentReport
        fields = [
            "id", "kind", "sections", "revision", "written_by", "written_at", "told_at", "told_by", "reference",
            "digest",
        ]  # fmt: skip


class ClockOut(serializers.Serializer[Any]):
    """How a clock stands now."""

    due_at = serializers.DateTimeField()
    state = serializers.CharField(help_text="running, late, met, or met late")
    words = serializers.CharField()


class IncidentOut(serializers.ModelSerializer[Incident]):
    opened_by = Reference(allow_null=True, help_text="null: the platform itself")
    closed_by = Reference(allow_null=True)

    class Meta:
        model = Incident
        fields = [
            "id", "team", "title", "kind", "severity", "state", "subject_type", "subject_id", "subject_label",
            "opened_by", "opened_at", "aware_at", "clock", "due_at", "closed_by", "closed_at",
        ]  # fmt: skip


class IncidentDetail(IncidentOut):
    details = JsonObject(help_text="what the platform found")
    report_clock = serializers.SerializerMethodField()
    duties = DutyOut(many=True)
    holds = HoldOut(many=True)
    actions = ActionOut(many=True)
    reports = AuthorityReportOut(many=True)

    class Meta(IncidentOut.Meta):
        fields = [
            *IncidentOut.Meta.fields, "description", "details", "resolution", "report_clock", "duties", "holds",
            "actions", "reports",
        ]  # fmt: skip

    @extend_schema_field(ClockOut(allow_null=True))
    def get_report_clock(self, incident: Incident) -> Any:
        hand = clocks_of(incident).report
        return ClockOut(hand).data if hand else None
