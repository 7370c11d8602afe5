"""The API of rows: pages of them, their figures, their export, and the filters that somebody named."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import may, person
from apps.accounts.services import require
from apps.catalog.models import DatasetVersion, SavedView
from apps.catalog.queries import dataset_versions_seen_by
from apps.catalog.queries.rows.figures import statistics_for
from apps.catalog.queries.rows.files import table_of
from apps.catalog.queries.rows.masking import masked_rows, sight_of
from apps.catalog.queries.rows.paging import LONGEST_SEARCH, Wanted, rows_page, rows_streamed, version_rows_page
from apps.catalog.queries.views import views_seen_by
from apps.catalog.rules.filters import LONGEST
from apps.catalog.services.views import view_commit, view_create
from apps.core.errors import Invalid
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.listing import csv_answer
from apps.core.serializing import LARGEST_KEY, Input, JsonObject, Reference, RunSummary
from apps.core.viewsets import ReadViewSet, SeenViewSet

MOST_ROWS = 500
FORMATS = ("jsonl", "csv", "spreadsheet")
PAGING = [
    OpenApiParameter("start", int, description="place of the first row, from 0", default=0),
    OpenApiParameter("count", int, description=f"at most so many rows, up to {MOST_ROWS}", default=50),
]
ASKING = [
    OpenApiParameter("filter", str, description="an expression over the columns; needs the right to read raw data"),
    OpenApiParameter("search", str, description="a word in any column; needs the right to read raw data"),
]
AS = OpenApiParameter(
    "as",
    str,
    enum=list(FORMATS),
    default="jsonl",
    description="`jsonl` and `csv` hold every cell as it is; `spreadsheet` is CSV with an apostrophe before cells that "
    "a spreadsheet would take for a formula",
)


class RowOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="place in the file, from 0")
    cells = JsonObject(help_text="values by column; what the person may not see stands as its kind in brackets")


class RowsOut(serializers.Serializer[Any]):
    """A page of rows."""

    total = serializers.IntegerField(help_text="how many rows there are, or fit the filter")
    start = serializers.IntegerField()
    masked = serializers.BooleanField(help_text="whether findings are hidden from this person")
    hidden_because = serializers.CharField(help_text="why every cell is hidden; empty where it is not")
    next = serializers.URLField(allow_null=True)
    rows = RowOut(many=True)


class StatisticsOut(serializers.Serializer[Any]):
    """The figures of a version, column by column; estimates are named in `method`."""

    method = serializers.CharField()
    rows = serializers.IntegerField()
    problem = serializers.CharField(required=False, help_text="why there are no figures")
    columns = serializers.ListField(child=JsonObject())


class ViewIn(Input):
    name = serializers.CharField(max_length=80)
    expression = serializers.CharField(max_length=LONGEST)


class ViewOut(serializers.ModelSerializer[SavedView]):
    """A filter over one version that somebody named: it always gives the same rows."""

    version = Reference()
    team = serializers.IntegerField(source="team_id")
    expression = serializers.SerializerMethodField(help_text="empty for who may not read raw rows: it may quote them")
    created_by = Reference()

    class Meta:
        model = SavedView
        fields = ["id", "version", "team", "name", "expression", "rows", "rows_digest", "created_by", "created_at"]

    def get_expression(self, view: SavedView) -> str:
        return view.expression if may(self.context["request"].user, "dataset.read_raw", view.team_id) else ""


class ViewCommitIn(Input):
    branch = serializers.CharField(max_length=80, required=False)
    message = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CommitStarted(RunSummary):
    """A commit on its way."""

    dataset = Reference()
    branch = serializers.CharField()
    operation = serializers.CharField()


class ViewFilter(TeamFilter):
    version = KeyFilter(field_name="version_id")


def _number(request: Request, name: str, otherwise: int, most: int) -> int:
    given = request.query_params.get(name, str(otherwise))
    if not (given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= most):
        raise Invalid(f"“{name}” must be a whole number from 0 to {most}.", code="paging.number")
    return int(given)


def _wanted(request: Request, version: DatasetVersion) -> Wanted:
    get = request.query_params
    wanted = Wanted(get.get("filter", "")[: LONGEST + 1], get.get("search", "")[: LONGEST_SEARCH + 1])
    if not wanted.is_all:  # a search for a hidden word would tell where it stands
        require(person(request), "dataset.read_raw", version.team_id, shared=version.dataset)
    return wanted


def _known_parameters(request: Request, *names: str) -> None:
    unknown = sorted(set(request.query_params) - {*names, "format"})
    if unknown:
        raise Invalid(
            f"There is no parameter “{unknown[0][:40]}”; known: {', '.join(names)}.", code="parameter.unknown"
        )


def _page(request: Request, version: DatasetVersion, wanted: Wanted) -> Response:
    start, count = _number(request, "start", 0, LARGEST_KEY), _number(request, "count", 50, MOST_ROWS)
    found = version_rows_page(version, start, count, wanted)
    sight = sight_of(request.user, version)
    rows = masked_rows(sight, [(row.number, row.cells) for row in found.rows])
    query = request.query_params.copy()
    end = start + len(found.rows)  # a page of very long rows ends earlier than it was asked to
    query["start"] = str(end)
    more = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if end < found.total else None
    return Response(
        {
            "total": found.total,
            "start": start,
            "masked": not sight.may_read_raw,
            "hidden_because": sight.reason,
            "next": more if found.rows else None,
            "rows": [{"row": number, "cells": cells} for number, cells in rows],
        }
    )


class VersionRowsViewSet(SeenViewSet):
    """What stands in one dataset version."""

    seen = staticmethod(dataset_versions_seen_by)
    serializer_class = RowsOut

    @extend_schema(operation_id="dataset_versions_rows", parameters=[*PAGING, *ASKING], responses=RowsOut)
    def rows(self, request: Request, pk: int) -> Response:
        """Rows as they stand in the file, or those that fit a filter; findings are hidden from who may not see them."""
        _known_parameters(request, "start", "count", "filter", "search")
        version = self.get_object()
        return _page(request, version, _wanted(request, version))

    @extend_schema(operation_id="dataset_versions_statistics", responses=StatisticsOut)
    def statistics(self, request: Request, pk: int) -> Response:
        """Empty and different values, range, mean, quantiles and spread of each column, counted at the commit."""
        return self.answer(StatisticsOut, statistics_for(request.user, self.get_object()))

    @extend_schema(
        operation_id="dataset_versions_export",
        parameters=[*ASKING, AS],
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def export(self, request: Request, pk: int) -> StreamingHttpResponse:
        """The rows that fit a filter, or all, as JSON Lines or CSV. Needs the right to read raw data."""
        _known_parameters(request, "filter", "search", "as")
        version = self.get_object()
        require(person(request), "dataset.read_raw", version.team_id, shared=version.dataset)
        return exported(request, version, _wanted(request, version))

    @extend_schema(operation_id="dataset_versions_views_list", responses=ViewOut(many=True))
    def views(self, request: Request, pk: int) -> Response:
        """The saved views of one version."""
        return self.listed(ViewOut, views_seen_by(request.user).filter(version=self.get_object()))

    @extend_schema(operation_id="dataset_versions_views_create", request=ViewIn, responses={201: ViewOut})
    def save(self, request: Request, pk: int) -> Response:
        """Name a filter over this version. A filter that is wrong is refused by the token that is."""
        view = view_create(by=person(request), version=self.get_object(), **self.accepted_input(ViewIn))
        return self.answer(ViewOut, view, status.HTTP_201_CREATED)


def exported(request: HttpRequest | Request, version: DatasetVersion, wanted: Wanted) -> StreamingHttpResponse:
    """Rows as a file that is written while it is read."""
    format = request.GET.get("as", "jsonl")
    if format not in FORMATS:
        raise Invalid(f"There is no export as “{format[:20]}”; ask for {' or '.join(FORMATS)}.", code="export.format")
    table = table_of(version)
    if not wanted.is_all:
        rows_page(table, version.rows, 0, 0, wanted)  # a wrong filter is refused before the first byte is sent
    name = f"{version.dataset.name}-v{version.number}"
    if format != "jsonl":
        names, is_exact = [column.name for column in table.columns], format == "csv"
        return csv_answer(name, names, _csv_lines(version, wanted), is_exact=is_exact)
    lines = (json.dumps(row.cells, ensure_ascii=False) + "\n" for row in rows_streamed(table, wanted))
    answer = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = str(content_disposition_header(True, f"{name}.jsonl"))
    return answer


def _csv_lines(version: DatasetVersion, wanted: Wanted) -> Iterator[list[Any]]:
    for row in rows_streamed(table_of(version), wanted):
        yield [
            json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else value
            for value in row.cells.values()
        ]


class SavedViewViewSet(ReadViewSet):
    """Saved views of every dataset version that the person sees."""

    seen = staticmethod(views_seen_by)
    serializer_class = ViewOut
    detail_class = ViewOut
    filterset_class = ViewFilter

    @extend_schema(parameters=PAGING, responses=RowsOut)
    @action(detail=True, filterset_class=None)
    def rows(self, request: Request, pk: str) -> Response:
        """The rows of a view; findings are hidden from who may not see them."""
        _known_parameters(request, "start", "count")
        view = self.get_object()
        return _page(request, view.version, Wanted(view.expression))

    @extend_schema(request=ViewCommitIn, responses={202: CommitStarted})
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        """Commit the rows of a view as the newest version on a branch (main unless named); a worker does it."""
        run = view_commit(by=person(request), view=self.get_object(), **self.accepted_input(ViewCommitIn))
        answer = self.answer(CommitStarted, run, status.HTTP_202_ACCEPTED)
        answer["Location"] = request.build_absolute_uri(reverse("run-detail", args=[run.kind, run.pk]))
        return answer
