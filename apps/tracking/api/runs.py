"""The API of runs that people's own tools log. Files are sent through MLflow's doors."""

from typing import Any

from django.http.response import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.core.downloads import stored_answer
from apps.core.errors import Invalid
from apps.core.filtering import KeyFilter
from apps.core.viewsets import ReadViewSet
from apps.tracking import queries, rules, services
from apps.tracking.api.shapes import (
    ReadingOut,
    RunLogIn,
    RunSearchIn,
    RunsFound,
    TrackedEntry,
    TrackingRunChange,
    TrackingRunDetail,
    TrackingRunIn,
    TrackingRunOut,
)
from apps.tracking.models import TrackingRun
from apps.tracking.rules.places import path_checked
from apps.tracking.rules.search import offset_of, token_for
from apps.tracking.rules.values import readings_of

PAGE = 50
BYTES = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)}
PATH = OpenApiParameter("path", str, description="a path inside the run; none is its root")
FILE = OpenApiParameter("path", str, required=True, description="the path of a file inside the run")
METRIC = OpenApiParameter("key", str, required=True, description="the name of a metric")
MOST = OpenApiParameter("most", int, description="readings at most, evenly sampled; 1000 by default, 25000 at most")


class TrackingRunFilter(filters.FilterSet):
    team = KeyFilter(field_name="team_id")
    experiment = KeyFilter(field_name="experiment_id")
    state = filters.ChoiceFilter(choices=list(rules.RUN_STATES.items()))
    lifecycle = filters.ChoiceFilter(choices=list(rules.LIFECYCLES.items()))


class TrackingRunViewSet(ReadViewSet):
    """Runs that people's own tools logged, of the person's teams; newest first. Deleted ones are included."""

    seen = staticmethod(queries.runs_seen_by)
    serializer_class = TrackingRunOut
    detail_class = TrackingRunDetail
    filterset_class = TrackingRunFilter
    lookup_value_regex = "[0-9a-f]{32}"

    def get_object(self) -> TrackingRun:
        return queries.run_seen(self.request.user, self.kwargs["pk"])

    @extend_schema(responses=TrackingRunDetail)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._whole(pk)

    @extend_schema(request=TrackingRunIn, responses={201: TrackingRunDetail})
    def create(self, request: Request) -> Response:
        """Begin a run."""
        given: dict[str, Any] = self.accepted_input(TrackingRunIn)
        experiment = queries.experiment_seen(request.user, given.pop("experiment"))
        tags = list(given.pop("tags", {}).items())
        made = services.tracking_run_create(by=person(request), experiment=experiment, tags=tags, **given)
        return self._whole(made.uuid, status.HTTP_201_CREATED)

    @extend_schema(request=TrackingRunChange, responses=TrackingRunDetail)
    def partial_update(self, request: Request, pk: str) -> Response:
        """End a run, or change its state or name. The trail keeps digests of what it had logged by its end."""
        services.tracking_run_update(by=person(request), key=pk, **self.accepted_input(TrackingRunChange))
        return self._whole(pk)

    @extend_schema(request=RunLogIn, responses=TrackingRunDetail)
    @action(detail=True, methods=["post"])
    def log(self, request: Request, pk: str) -> Response:
        """Log metrics, parameters and tags in one batch. A parameter never changes its value."""
        given = self.accepted_input(RunLogIn)
        services.run_log(
            by=person(request),
            key=pk,
            metrics=readings_of(given.get("metrics", [])),
            params=list(given.get("params", {}).items()),
            tags=list(given.get("tags", {}).items()),
        )
        return self._whole(pk)

    @extend_schema(request=RunSearchIn, responses=RunsFound)
    @action(detail=False, methods=["post"], filterset_class=None)
    def search(self, request: Request) -> Response:
        """Runs found by a filter in the grammar of MLflow's clients, in any order."""
        given = self.accepted_input(RunSearchIn)
        experiments = None
        if "experiments" in given:
            rows = queries.experiments_seen_by(request.user)
            experiments = list(rows.filter(pk__in=given["experiments"]))
        found = queries.runs_found(
            request.user,
            experiments=experiments,
            text=given.get("filter", ""),
            order_by=given.get("order_by", []),
            lifecycle=given.get("lifecycle", rules.ACTIVE),
        )
        size, offset = given.get("page_size", PAGE), offset_of(given.get("page_token", ""))
        page = queries.page_of(queries.with_logs(found), size, offset)
        token = token_for(page.next_offset) if page.next_offset is not None else None
        return self.answer(RunsFound, {"results": page.rows, "next_page_token": token})

    @extend_schema(parameters=[METRIC, MOST], responses=ReadingOut(many=True), filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None, filter_backends=[])
    def metrics(self, request: Request, pk: str) -> Response:
        """The readings of one metric by step, evenly sampled where there are more than asked for."""
        given = request.query_params.get("most", "1000")
        if not (given.isascii() and given.isdigit() and 0 < int(given[:9]) <= queries.MOST_READINGS):
            raise Invalid(f"most: a number between 1 and {queries.MOST_READINGS}.")
        key = request.query_params.get("key", "")
        rows = queries.readings_sampled([self.get_object()], key, most=int(given))
        return Response(ReadingOut(rows, many=True).data)

    @extend_schema(parameters=[PATH], responses=TrackedEntry(many=True), filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None, filter_backends=[])
    def files(self, request: Request, pk: str) -> Response:
        """What lies in a folder of the run."""
        folder = request.query_params.get("path", "").strip("/")
        found = queries.folder_of(self.get_object(), path_checked(folder) if folder else "")
        return Response(TrackedEntry(found, many=True).data)

    @extend_schema(parameters=[FILE], responses=BYTES, filters=False)
    @action(detail=True, filterset_class=None, filter_backends=[])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The bytes of one file, for those who may read files of runs; the ETag is their SHA-256."""
        run = self.get_object()
        require(person(request), "tracking.read_files", run.team_id)
        found = queries.file_at(run, request.query_params.get("path", ""))
        return stored_answer(request, digest=found.digest, size=found.size, name=found.path.rpartition("/")[2])

    @extend_schema(request=None, responses=TrackingRunDetail)
    @action(detail=True, methods=["post"], url_path="delete")
    def remove(self, request: Request, pk: str) -> Response:
        """Take a run out of the lists; nothing is erased."""
        services.tracking_run_delete(by=person(request), key=pk)
        return self._whole(pk)

    @extend_schema(request=None, responses=TrackingRunDetail)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring a deleted run back."""
        services.tracking_run_restore(by=person(request), key=pk)
        return self._whole(pk)

    def _whole(self, key: str, code: int = status.HTTP_200_OK) -> Response:
        run = queries.run_seen(self.request.user, key)
        return self.answer(TrackingRunDetail, queries.with_logs(TrackingRun.objects.filter(pk=run.pk)).get(), code)
