"""The API of incidents."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.core.filtering import KeyFilter
from apps.core.serializing import Input, JsonObject, Key, Reference
from apps.core.viewsets import ReadViewSet
from apps.incidents import services
from apps.incidents.models import Incident
from apps.incidents.queries import incidents_seen_by
from apps.incidents.rules import KINDS, SEVERITIES, STATES


class IncidentIn(Input):
    team = Key()
    title = serializers.CharField(max_length=200)
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    aware_at = serializers.DateTimeField(required=False, help_text="when the organisation came to know of it")


class IncidentClose(Input):
    resolution = serializers.CharField(max_length=20_000, help_text="how it ended")


class IncidentOut(serializers.ModelSerializer[Incident]):
    opened_by = Reference(allow_null=True, help_text="null: the platform itself")
    closed_by = Reference(allow_null=True)

    class Meta:
        model = Incident
        fields = [
            "id", "team", "title", "kind", "severity", "state", "subject_type", "subject_id", "subject_label",
            "opened_by", "opened_at", "aware_at", "closed_by", "closed_at",
        ]  # fmt: skip


class IncidentDetail(IncidentOut):
    details = JsonObject(help_text="what the platform found")

    class Meta(IncidentOut.Meta):
        fields = [*IncidentOut.Meta.fields, "description", "details", "resolution"]


class IncidentFilter(filters.FilterSet):
    team = KeyFilter(field_name="team_id")
    since = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    state = filters.ChoiceFilter(choices=list(STATES.items()))
    severity = filters.ChoiceFilter(choices=list(SEVERITIES.items()))
    kind = filters.ChoiceFilter(choices=list(KINDS.items()))
    subject_type = filters.CharFilter()
    subject_id = filters.CharFilter()


class IncidentViewSet(ReadViewSet):
    """Incidents of the person's teams."""

    seen = staticmethod(incidents_seen_by)
    serializer_class = IncidentOut
    detail_class = IncidentDetail
    filterset_class = IncidentFilter

    @extend_schema(request=IncidentIn, responses={201: IncidentDetail})
    def create(self, request: Request) -> Response:
        """Put on record that something went wrong."""
        given = self.accepted_input(IncidentIn)
        given["team"] = team_seen(request.user, given["team"])
        incident = services.incident_open(by=person(request), **given)
        return self.answer(IncidentDetail, incident, status.HTTP_201_CREATED)

    @extend_schema(request=IncidentClose, responses=IncidentDetail)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Say how it ended."""
        incident, given = self.get_object(), self.accepted_input(IncidentClose)
        return self.answer(IncidentDetail, services.incident_close(by=person(request), incident=incident, **given))
