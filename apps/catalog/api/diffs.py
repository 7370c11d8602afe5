"""The API of comparisons: which rows of two dataset versions differ."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog.models import DiffRun
from apps.catalog.queries import dataset_version_seen
from apps.catalog.queries.comparing import differences_masked
from apps.catalog.queries.diffs import differences_of, diffs_seen_by
from apps.catalog.queries.rows.figures import statistics_for
from apps.catalog.queries.rows.masking import sight_of
from apps.catalog.rules.diffs import KINDS
from apps.catalog.rules.statistics import schema_change, statistics_change
from apps.catalog.services.diffs import diff_start
from apps.core import storage
from apps.core.errors import Invalid, NotFound
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, JsonObject, Key, Reference, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet

MOST = 200


class DiffOut(RunSummary):
    before = Reference()
    after = Reference()
    key_columns = serializers.ListField(child=serializers.CharField())


class ColumnChange(serializers.Serializer[Any]):
    column = serializers.CharField()
    change = serializers.ChoiceField(choices=["added", "removed", "retyped"])
    before = serializers.CharField(help_text="type before")
    after = serializers.CharField(help_text="type after")


class FigureChange(serializers.Serializer[Any]):
    column = serializers.CharField()
    figure = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DiffDetail(RunDetail, DiffOut):
    """A comparison with its counts (`result`), and how columns and figures changed."""

    schema = serializers.SerializerMethodField()
    statistics = serializers.SerializerMethodField()
    rows_file = serializers.CharField(help_text="SHA-256 of the file that lists every difference")

    @extend_schema(responses=ColumnChange(many=True))
    def get_schema(self, run: DiffRun) -> list[dict[str, str]]:
        return schema_change(run.before.columns, run.after.columns)

    @extend_schema(responses=FigureChange(many=True))
    def get_statistics(self, run: DiffRun) -> list[dict[str, Any]]:
        user = self.context["request"].user
        return statistics_change(statistics_for(user, run.before), statistics_for(user, run.after))


class DifferenceOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=list(KINDS))
    before_row = serializers.IntegerField(allow_null=True)
    after_row = serializers.IntegerField(allow_null=True)
    columns = serializers.ListField(child=serializers.CharField(), help_text="those that changed")
    before = JsonObject(allow_null=True)
    after = JsonObject(allow_null=True)


class DiffIn(Input):
    """Two versions; `key` names the columns that tell rows apart, and is found by itself where it is not given."""

    before = Key()
    after = Key()
    key = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=20)


class DiffFilter(RunFilter):
    before = KeyFilter(field_name="before_id")
    after = KeyFilter(field_name="after_id")


class DiffViewSet(RunViewSet):
    """Comparisons of versions that the person sees both of."""

    seen = staticmethod(diffs_seen_by)
    serializer_class = DiffOut
    detail_class = DiffDetail
    filterset_class = DiffFilter

    @extend_schema(request=DiffIn, responses={202: DiffOut})
    def create(self, request: Request) -> Response:
        """Compare the rows of two versions. One that was compared before is answered as it is: it will not change."""
        given, user = self.accepted_input(DiffIn), person(request)
        run = diff_start(
            by=user,
            before=dataset_version_seen(user, given["before"]),
            after=dataset_version_seen(user, given["after"]),
            key=given.get("key", ()),
        )
        return self.answer(DiffOut, run, status.HTTP_202_ACCEPTED)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=list(KINDS), default="changed"),
            OpenApiParameter("start", int, default=0),
            OpenApiParameter("count", int, default=50, description=f"up to {MOST}"),
        ],
        responses=DifferenceOut(many=True),
    )
    @action(detail=True, filterset_class=None, pagination_class=None)
    def differences(self, request: Request, pk: str) -> Response:
        """The rows that differ, of one kind, in file order; findings are hidden from who may not see them."""
        run, get = self.get_object(), request.query_params
        kind, start, count = get.get("kind", "changed"), get.get("start", "0"), get.get("count", "50")
        if kind not in KINDS or not all(
            item.isascii() and item.isdigit() and len(item) < 16 for item in (start, count)
        ):
            raise Invalid(f"Ask for a kind ({', '.join(KINDS)}), a start and a count.", code="diff.parameters")
        items = differences_of(run, kind, int(start), min(int(count), MOST))
        sights = (sight_of(request.user, run.before), sight_of(request.user, run.after))
        return Response(differences_masked(sights, items))

    @extend_schema(responses={(200, "application/x-ndjson"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def file(self, request: Request, pk: str) -> FileResponse:
        """Every difference as JSON Lines; the ETag is the file's SHA-256. Needs the right to read raw data of both."""
        run = self.get_object()
        for version in (run.before, run.after):
            require(person(request), "dataset.read_raw", version.team_id, shared=version.dataset)
        if not run.rows_file:
            raise NotFound("This comparison has not finished.", code="diff.unfinished")
        answer = FileResponse(storage.open(run.rows_file), as_attachment=True, filename=f"diff-{run.pk}.jsonl")
        answer["ETag"] = f'"{run.rows_file}"'
        return answer
