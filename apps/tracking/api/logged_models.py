"""The API of logged models: what runs wrote as models, before or without their being registered."""

from django.http.response import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.core.downloads import stored_answer
from apps.core.filtering import KeyFilter
from apps.core.viewsets import ReadViewSet
from apps.tracking import queries, rules
from apps.tracking.api.runs import BYTES, FILE, PATH
from apps.tracking.api.shapes import LoggedModelOut, TrackedEntry
from apps.tracking.models import LoggedModel
from apps.tracking.rules.places import path_checked


class LoggedModelFilter(filters.FilterSet):
    team = KeyFilter(field_name="team_id")
    experiment = KeyFilter(field_name="experiment_id")
    run = filters.CharFilter(field_name="run__uuid")
    state = filters.ChoiceFilter(choices=list(rules.LOGGED_STATES.items()))


class LoggedModelViewSet(ReadViewSet):
    """Logged models of the person's teams."""

    seen = staticmethod(queries.logged_models_seen_by)
    serializer_class = LoggedModelOut
    filterset_class = LoggedModelFilter
    lookup_value_regex = "m-[0-9a-f]{32}"

    def get_object(self) -> LoggedModel:
        return queries.logged_model_seen(self.request.user, self.kwargs["pk"])

    @extend_schema(parameters=[PATH], responses=TrackedEntry(many=True), filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None, filter_backends=[])
    def files(self, request: Request, pk: str) -> Response:
        """What lies in a folder of the model."""
        folder = request.query_params.get("path", "").strip("/")
        found = queries.folder_of(self.get_object(), path_checked(folder) if folder else "")
        return Response(TrackedEntry(found, many=True).data)

    @extend_schema(parameters=[FILE], responses=BYTES, filters=False)
    @action(detail=True, filterset_class=None, filter_backends=[])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The bytes of one file, for those who may read files of runs; the ETag is their SHA-256."""
        model = self.get_object()
        require(person(request), "tracking.read_files", model.team_id)
        found = queries.file_at(model, request.query_params.get("path", ""))
        return stored_answer(request, digest=found.digest, size=found.size, name=found.path.rpartition("/")[2])
