"""The API's views of incidents."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import member_seen, person, team_seen
from apps.core.filtering import KeyFilter
from apps.core.serializing import Reason
from apps.core.viewsets import ReadViewSet
from apps.incidents import queries, services
from apps.incidents.api import shapes
from apps.incidents.rules import KINDS, SEVERITIES, STATES

ONE = "(?P<one>[0-9]{1,18})"


class IncidentFilter(filters.FilterSet):
    team = KeyFilter(field_name="team_id")
    since = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lte")
    state = filters.ChoiceFilter(choices=list(STATES.items()))
    severity = filters.ChoiceFilter(choices=list(SEVERITIES.items()))
    kind = filters.ChoiceFilter(choices=list(KINDS.items()))
    subject_type = filters.CharFilter()
    subject_id = filters.CharFilter()


class IncidentViewSet(ReadViewSet):
    """Incidents of the person's teams."""

    seen = staticmethod(queries.incidents_seen_by)
    serializer_class = shapes.IncidentOut
    detail_class = shapes.IncidentDetail
    filterset_class = IncidentFilter

    @extend_schema(request=shapes.IncidentIn, responses={201: shapes.IncidentDetail})
    def create(self, request: Request) -> Response:
        """Put on record that something went wrong."""
        given = self.accepted_input(shapes.IncidentIn)
        given["team"] = team_seen(request.user, given["team"])
        table, pk = given.pop("subject_type", ""), given.pop("subject_id", 0)
        given["subject"] = queries.subject_seen(request.user, table, pk) if table or pk else None
        incident = services.incident_open(by=person(request), **given)
        return self.answer(shapes.IncidentDetail, incident, status.HTTP_201_CREATED)

    @extend_schema(request=shapes.IncidentClose, responses=shapes.IncidentDetail)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Say how it ended. Refused while a report to the authority is due."""
        given = self._given(shapes.IncidentClose)
        return self.answer(shapes.IncidentDetail, services.incident_close(**given))

    @extend_schema(request=shapes.ClassifyIn, responses=shapes.IncidentDetail)
    @action(detail=True, methods=["post"])
    def classify(self, request: Request, pk: str) -> Response:
        """Say which report to an authority is due, which starts its clock from awareness."""
        return self.answer(shapes.IncidentDetail, services.incident_classify(**self._given(shapes.ClassifyIn)))

    @extend_schema(operation_id="incidents_holds_place", request=shapes.HoldIn, responses={201: shapes.HoldOut})
    @action(detail=True, methods=["post"])
    def holds(self, request: Request, pk: str) -> Response:
        """Keep an object as it is: nobody changes or deletes it until the hold is released."""
        given = self._with_subject(self._given(shapes.HoldIn))
        return self.answer(shapes.HoldOut, services.hold_place(**given), status.HTTP_201_CREATED)

    @extend_schema(operation_id="incidents_holds_release", request=Reason, responses=shapes.HoldOut)
    @action(detail=True, methods=["post"], url_path=f"holds/{ONE}/release")
    def hold_release(self, request: Request, pk: str, one: str) -> Response:
        """Let an object be changed again."""
        hold, given = queries.hold_seen(self.get_object(), int(one)), self.accepted_input(Reason)
        return self.answer(shapes.HoldOut, services.hold_release(by=person(request), hold=hold, **given))

    @extend_schema(operation_id="incidents_duties_add", request=shapes.DutyIn, responses={201: shapes.DutyOut})
    @action(detail=True, methods=["post"])
    def duties(self, request: Request, pk: str) -> Response:
        """Put on record that others have to be told; their clock runs from awareness."""
        made = services.duty_add(**self._given(shapes.DutyIn))
        return self.answer(shapes.DutyOut, made, status.HTTP_201_CREATED)

    @extend_schema(operation_id="incidents_duties_done", request=shapes.DutyDone, responses=shapes.DutyOut)
    @action(detail=True, methods=["post"], url_path=f"duties/{ONE}/done")
    def duty_done(self, request: Request, pk: str, one: str) -> Response:
        """Say that they were told."""
        duty, given = queries.duty_seen(self.get_object(), int(one)), self.accepted_input(shapes.DutyDone)
        return self.answer(shapes.DutyOut, services.duty_done(by=person(request), duty=duty, **given))

    @extend_schema(operation_id="incidents_actions_add", request=shapes.ActionIn, responses={201: shapes.ActionOut})
    @action(detail=True, methods=["post"])
    def actions(self, request: Request, pk: str) -> Response:
        """Say what is done so that it does not happen again, and what carries the cure."""
        given = self._with_subject(self._given(shapes.ActionIn))
        if "owner" in given:
            given["owner"] = member_seen(request.user, given["incident"].team_id, given["owner"])
        return self.answer(shapes.ActionOut, services.action_add(**given), status.HTTP_201_CREATED)

    @extend_schema(operation_id="incidents_actions_done", request=shapes.ActionDone, responses=shapes.ActionOut)
    @action(detail=True, methods=["post"], url_path=f"actions/{ONE}/done")
    def action_done(self, request: Request, pk: str, one: str) -> Response:
        """Say that it is done, and what came of it."""
        found, given = queries.action_seen(self.get_object(), int(one)), self.accepted_input(shapes.ActionDone)
        return self.answer(shapes.ActionOut, services.action_done(by=person(request), action=found, **given))

    @extend_schema(
        operation_id="incidents_reports_start", request=shapes.ReportStart, responses={201: shapes.AuthorityReportOut}
    )
    @action(detail=True, methods=["post"])
    def reports(self, request: Request, pk: str) -> Response:
        """Begin a report to the authority, with what the portal knows or the last one said."""
        made = services.report_start(**self._given(shapes.ReportStart))
        return self.answer(shapes.AuthorityReportOut, made, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="incidents_reports_save", request=shapes.ReportSave, responses=shapes.AuthorityReportOut
    )
    @action(detail=True, methods=["post"], url_path=f"reports/{ONE}/save")
    def report_save(self, request: Request, pk: str, one: str) -> Response:
        """Keep what is written so far. Sections that are not given stay."""
        report, given = queries.report_seen(self.get_object(), int(one)), self.accepted_input(shapes.ReportSave)
        return self.answer(shapes.AuthorityReportOut, services.report_save(by=person(request), report=report, **given))

    @extend_schema(
        operation_id="incidents_reports_send", request=shapes.ReportSend, responses=shapes.AuthorityReportOut
    )
    @action(detail=True, methods=["post"], url_path=f"reports/{ONE}/send")
    def report_send(self, request: Request, pk: str, one: str) -> Response:
        """Put on record that the report went to the authority; its words stay from now on."""
        report, given = queries.report_seen(self.get_object(), int(one)), self.accepted_input(shapes.ReportSend)
        return self.answer(shapes.AuthorityReportOut, services.report_send(by=person(request), report=report, **given))

    def _given(self, accepts: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        return {"by": person(self.request), "incident": self.get_object()} | self.accepted_input(accepts)

    def _with_subject(self, given: dict[str, Any]) -> dict[str, Any]:
        """The object that is named by its table and number, where one is."""
        table, pk = given.pop("subject_type", ""), given.pop("subject_id", 0)
        return given | ({"subject": queries.subject_of(given["incident"], table, pk)} if table or pk else {})
