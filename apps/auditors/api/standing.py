"""The API of what documents of the room would lack, and of what changed between two of its snapshots."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.accounts.rules import guest_door
from apps.auditors.api.making import RoomRunOut, SubjectIn
from apps.auditors.api.room import entered
from apps.auditors.queries import room_of
from apps.auditors.queries.documents import snapshot_of, subject_of
from apps.auditors.queries.standing import RoomStanding, standing_of
from apps.auditors.services.documents import room_readiness_look
from apps.core.serializing import Input, JsonObject, Key
from apps.reports.queries.snapshots import comparison_of


class RoomDocumentStandingOut(serializers.Serializer[Any]):
    """How one edition of a document would stand if it were made."""

    document = serializers.CharField()
    audience = serializers.CharField()
    is_simplified = serializers.BooleanField()
    total = serializers.IntegerField(help_text="points")
    filled = serializers.IntegerField()
    partly = serializers.IntegerField()
    not_applicable = serializers.IntegerField()
    missing = serializers.IntegerField()
    gaps = serializers.ListField(child=JsonObject(), help_text="id, ref, title, state, problem and remedy of each")
    grading = JsonObject(allow_null=True)


class RoomStandingOut(serializers.Serializer[RoomStanding]):
    """What the newest check of one thing found: each edition of each document, with its gaps."""

    looked_at = serializers.DateTimeField(source="standings.known.finished_at", allow_null=True, default=None)
    is_open = serializers.BooleanField(source="standings.is_open", help_text="whether another check is at work")
    recorded_since = serializers.IntegerField(
        source="standings.since.count",
        allow_null=True,
        default=None,
        help_text="newer entries about it, counted to 100",
    )
    documents = RoomDocumentStandingOut(many=True, source="standings.rows")


class RoomComparisonOut(serializers.Serializer[Any]):
    """What changed between two snapshots of one thing."""

    counts = JsonObject(help_text="how many differences of each kind")
    areas = serializers.ListField(child=JsonObject(), help_text="title and changes, each with a sentence")


class ComparedIn(Input):
    """Two snapshots of one thing of the room."""

    before = Key()
    after = Key()


@guest_door
class RoomStandingView(APIView):
    """What documents about one thing of the room would lack."""

    @extend_schema(
        operation_id="audit_room_standing",
        parameters=[
            OpenApiParameter("subject_kind", str, required=True),
            OpenApiParameter("subject_id", int, required=True),
        ],
        responses=RoomStandingOut,
    )
    def get(self, request: Request, system: int) -> Response:
        """How each document about one thing would stand, as the newest check found."""
        kind, pk = _subject(request.query_params.dict())
        room = room_of(person(request), system)
        entered(request, system, "standing of documents", subject_of(room, kind, pk))
        return Response(RoomStandingOut(standing_of(room, (kind, pk))).data)

    @extend_schema(operation_id="audit_room_standing_look", request=SubjectIn, responses={202: RoomRunOut})
    def post(self, request: Request, system: int) -> Response:
        """Queue a check of what the documents about one thing of the room would lack."""
        subject = _subject(request.data)
        run = room_readiness_look(room=room_of(person(request), system), subject=subject)
        return Response(RoomRunOut(run).data, status=status.HTTP_202_ACCEPTED)


def _subject(given: Any) -> tuple[str, int]:
    checked = SubjectIn(data=given)
    checked.is_valid(raise_exception=True)
    return checked.validated_data["subject_kind"], checked.validated_data["subject_id"]


@guest_door
class RoomComparisonView(APIView):
    """Two snapshots of the room side by side."""

    @extend_schema(
        operation_id="audit_room_snapshots_compare",
        parameters=[OpenApiParameter("before", int, required=True), OpenApiParameter("after", int, required=True)],
        responses=RoomComparisonOut,
    )
    def get(self, request: Request, system: int) -> Response:
        """What came, went and changed between two snapshots of one thing of the room."""
        asked = ComparedIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        room = room_of(person(request), system)
        before, after = (snapshot_of(room, asked.validated_data[name]) for name in ("before", "after"))
        entered(request, system, f"what changed since snapshot {before.pk}", after)
        return Response(RoomComparisonOut(comparison_of(before, after).as_json).data)
