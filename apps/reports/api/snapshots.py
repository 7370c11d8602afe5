"""The API of snapshots and of readiness: freeze, fetch, compare, and see what a document would lack."""

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.core import storage
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.viewsets import ReadViewSet, RunViewSet
from apps.reports import services
from apps.reports.api.shapes import (
    ABOUT,
    AboutIn,
    DocumentStandingOut,
    ReadinessDetail,
    ReadinessOut,
    SnapshotComparisonOut,
    SnapshotIn,
    SnapshotOut,
    SnapshotRunOut,
)
from apps.reports.queries.preparing import standing_from
from apps.reports.queries.snapshots import comparison_of, snapshot_seen, snapshots_seen_by
from apps.reports.queries.standing import readiness_runs_seen_by
from apps.reports.queries.subjects import subject_seen


class SnapshotFilter(filters.FilterSet):
    team = KeyFilter(field_name="team_id")
    about = filters.ChoiceFilter(field_name="subject_kind", choices=ABOUT)
    subject = KeyFilter(field_name="subject_id")
    since = filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="gte")


class SnapshotViewSet(ReadViewSet):
    """Snapshots of the person's teams."""

    seen = staticmethod(snapshots_seen_by)
    serializer_class = SnapshotOut
    filterset_class = SnapshotFilter

    @extend_schema(request=SnapshotIn, responses={202: SnapshotRunOut})
    def create(self, request: Request) -> Response:
        """Freeze everything on record about a thing. The finished run names the snapshot."""
        given, user = self.accepted_input(SnapshotIn), person(request)
        given["subject"] = subject_seen(user, given.pop("about"), given["subject"])
        return self.answer(SnapshotRunOut, services.snapshot_start(by=user, **given), status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True, filterset_class=None)
    def content(self, request: Request, pk: str) -> FileResponse:
        """The snapshot itself. The ETag is its SHA-256."""
        snapshot = snapshot_seen(request.user, int(pk))
        return FileResponse(
            storage.open(snapshot.digest),
            as_attachment=True,
            filename=f"snapshot-{snapshot.pk}.json",
            content_type="application/json",
            headers={"ETag": f'"{snapshot.digest}"', "X-Content-SHA256": snapshot.digest},
        )

    @extend_schema(
        responses=DocumentStandingOut,
        parameters=[
            OpenApiParameter("document", str, required=True),
            OpenApiParameter("audience", str),
            OpenApiParameter("is_simplified", bool),
        ],
    )
    @action(detail=True, filterset_class=None)
    def readiness(self, request: Request, pk: str) -> Response:
        """How a document would stand if it were made from this snapshot."""
        asked = request.query_params
        found = standing_from(
            snapshot_seen(request.user, int(pk)),
            asked.get("document", ""),
            asked.get("audience", ""),
            asked.get("is_simplified", "") in ("true", "1"),
        )
        return Response(DocumentStandingOut(found).data)


class SnapshotCompareView(APIView):
    """Two snapshots side by side: `snapshots-compared/?before=1&after=2`."""

    @extend_schema(
        operation_id="snapshots_compare",
        parameters=[OpenApiParameter("before", int, required=True), OpenApiParameter("after", int, required=True)],
        responses=SnapshotComparisonOut,
    )
    def get(self, request: Request) -> Response:
        """What came, went and changed between two snapshots of one thing, each as a sentence and as values."""
        before, after = (snapshot_seen(request.user, _key(request, name)) for name in ("before", "after"))
        return Response(SnapshotComparisonOut(comparison_of(before, after).as_json).data)


def _key(request: Request, name: str) -> int:
    """The id that a parameter gives; 0, which nothing has, for anything else."""
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else 0


class ReadinessFilter(RunFilter):
    about = filters.ChoiceFilter(field_name="subject_kind", choices=ABOUT)
    subject = KeyFilter(field_name="subject_id")


class ReadinessViewSet(RunViewSet):
    """Checks of what documents would lack."""

    seen = staticmethod(readiness_runs_seen_by)
    serializer_class = ReadinessOut
    detail_class = ReadinessDetail
    filterset_class = ReadinessFilter

    @extend_schema(request=AboutIn, responses={202: ReadinessOut})
    def create(self, request: Request) -> Response:
        """Look how every edition of every document about a thing would stand at present."""
        given, user = self.accepted_input(AboutIn), person(request)
        made = services.readiness_start(by=user, subject=subject_seen(user, given["about"], given["subject"]))
        return self.answer(ReadinessOut, made, status.HTTP_202_ACCEPTED)
