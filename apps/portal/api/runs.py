"""The API of runs of every kind."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.viewsets import GenericViewSet

from apps.accounts.queries import person
from apps.core.paging import ApiPages
from apps.core.runs import run_models
from apps.core.serializing import STATES, Input, Key, Reference, RunDetail, RunSummary
from apps.jobs.services import run_cancel, run_retry
from apps.portal import queries


class AnyRunDetail(RunDetail):
    """One run of any kind, with the objects it is about. Its result is told as this person may see it."""

    subjects = serializers.SerializerMethodField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        user = self.context["request"].user
        return super().to_representation(instance) | {"result": queries.result_seen(user, instance)}

    @extend_schema_field(serializers.DictField(child=Reference(allow_null=True)))
    def get_subjects(self, run: Any) -> dict[str, Any]:
        found = queries.subjects_of(run)
        return {name: Reference(item).data if item is not None else None for name, item in found.items()}


class RunListIn(Input):
    """The query parameters of the list of all runs."""

    kind = serializers.CharField(
        required=False, help_text="scan, commit, diff, import, tuning, evaluation, serving, drift, report, trail_check"
    )
    state = serializers.ChoiceField(choices=STATES, required=False)
    team = Key(required=False)
    cursor = serializers.CharField(required=False, help_text="from `next`")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=ApiPages.max_page_size)


class CancelIn(Input):
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class AllRunsPages(ApiPages):
    """A page of several tables at once; only forwards."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        described["properties"].pop("previous")
        return described


class AllRunsViewSet(GenericViewSet[Any]):
    """Runs of every kind that the person sees."""

    serializer_class = RunSummary
    pagination_class = AllRunsPages
    filter_backends = []
    lookup_value_regex = "[0-9]+"

    @extend_schema(operation_id="runs_list", parameters=[RunListIn], responses=RunSummary(many=True))
    def list(self, request: Request) -> Response:
        """The newest runs of all kinds."""
        asked = RunListIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(asked.validated_data)
        size = given.pop("page_size", ApiPages.page_size)
        mark = _decoded(given.pop("cursor")) if "cursor" in given else None
        if "team" in given:
            given["team_id"] = given.pop("team")
        runs = queries.runs_below(request.user, mark, limit=size + 1, **given)
        shown = RunSummary(runs[:size], many=True, context=self.get_serializer_context()).data
        return Response({"next": self._next(runs, size), "results": shown})

    def _next(self, runs: Sequence[Any], size: int) -> str | None:
        if len(runs) <= size:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", _encoded(runs[size - 1]))

    @extend_schema(operation_id="runs_retrieve", responses=AnyRunDetail)
    def retrieve(self, request: Request, kind: str, pk: str) -> Response:
        """One run, with its settings, result and the end of its log."""
        return self._whole(kind, pk)

    @extend_schema(operation_id="runs_cancel", request=CancelIn, responses=AnyRunDetail)
    def cancel(self, request: Request, kind: str, pk: str) -> Response:
        """Stop a run: at once while it waits, at its worker's next sign of life while it works."""
        run = queries.run_seen(request.user, kind, int(pk))
        asked = CancelIn(data=request.data)
        asked.is_valid(raise_exception=True)
        run_cancel(by=person(request), run=run, **asked.validated_data)
        return self._whole(kind, pk)

    @extend_schema(operation_id="runs_retry", request=None, responses={202: AnyRunDetail})
    def retry(self, request: Request, kind: str, pk: str) -> Response:
        """Queue a run again that failed, was cancelled or was lost."""
        run_retry(by=person(request), run=queries.run_seen(request.user, kind, int(pk)))
        return self._whole(kind, pk, 202)

    def _whole(self, kind: str, pk: str, code: int = 200) -> Response:
        run = queries.run_seen(self.request.user, kind, int(pk))
        return Response(AnyRunDetail(run, context=self.get_serializer_context()).data, status=code)


def _encoded(run: Any) -> str:
    mark = queries.mark_of(run)
    return base64.urlsafe_b64encode(f"{mark.created_at.isoformat()}|{mark.kind}|{mark.pk}".encode()).decode()


def _decoded(cursor: str) -> queries.RunMark:
    try:
        at, kind, pk = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        mark = queries.RunMark(datetime.fromisoformat(at), kind, int(pk))
    except (ValueError, binascii.Error):
        raise NotFound("Invalid cursor") from None
    if mark.created_at.tzinfo is None or kind not in run_models():
        raise NotFound("Invalid cursor")
    return mark
