"""The API of branches, tags, merges and history, and of the runs that end in a version."""

from typing import Any

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import services
from apps.catalog.api.commit_shapes import (
    REF,
    BranchIn,
    BranchOut,
    ClashesOut,
    CommitDetail,
    DatasetSettings,
    MergeIn,
    PreviewIn,
    PreviewOut,
    RollbackIn,
    SettingsIn,
    TagIn,
    TagOut,
)
from apps.catalog.api.datasets import CommitOut, DatasetOut, DatasetVersionDetail, DatasetVersionOut
from apps.catalog.models import CommitRun, Dataset
from apps.catalog.queries.datasets import dataset_seen, datasets_seen_by
from apps.catalog.queries.merging import clashes_of, commits_seen_by, plan_told
from apps.catalog.queries.refs import branches_seen_by, history_at, tags_seen_by, version_at
from apps.catalog.rules import MAIN
from apps.core import storage
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.viewsets import ReadViewSet, RunViewSet, SeenViewSet

FILE = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)}
REF_PARAMETER = OpenApiParameter("ref", description=f"{REF}; {MAIN} by default")


class LineFilter(filters.FilterSet):
    dataset = KeyFilter(field_name="dataset_id")
    name = filters.CharFilter()


class HistoryFilter(filters.FilterSet):
    ref = filters.CharFilter(method="as_it_is", help_text=f"{REF}; {MAIN} by default")

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        """The view has looked the reference up."""
        return rows


class CommitFilter(RunFilter):
    dataset = KeyFilter(field_name="dataset_id")
    operation = filters.CharFilter()


class BranchViewSet(ReadViewSet):
    """Branches of every dataset that the person sees."""

    seen = staticmethod(branches_seen_by)
    serializer_class = detail_class = BranchOut
    filterset_class = LineFilter

    @extend_schema(request=BranchIn, responses={201: BranchOut})
    def create(self, request: Request) -> Response:
        """Begin a branch at a version."""
        given = self.accepted_input(BranchIn)
        dataset = dataset_seen(request.user, given.pop("dataset"))
        start = version_at(dataset, given.pop("start"))
        branch = services.branch_create(by=person(request), dataset=dataset, start=start, **given)
        return self.answer(BranchOut, branch, status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a branch's name away; its versions stay."""
        services.branch_delete(by=person(request), branch=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=MergeIn, responses={201: BranchOut, 202: CommitOut})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Bring another branch's rows in, by a run (202) that ends in a version or names the rows that clash.

        Where this branch has nothing of its own, it moves on at once (201).
        """
        branch, given = self.get_object(), self.accepted_input(MergeIn)
        source = version_at(branch.dataset, given.pop("source"))
        made = services.merge_start(by=person(request), branch=branch, source=source, **given)
        if isinstance(made, CommitRun):
            return self.answer(CommitOut, made, status.HTTP_202_ACCEPTED)
        return self.answer(BranchOut, made, status.HTTP_201_CREATED)

    @extend_schema(request=PreviewIn, responses=PreviewOut)
    @action(detail=True, methods=["post"], url_path="merge-preview")
    def merge_preview(self, request: Request, pk: str) -> Response:
        """What a merge would do and which rows clash, without doing it; for datasets that are not too large."""
        branch, given = self.get_object(), self.accepted_input(PreviewIn)
        source = version_at(branch.dataset, given.pop("source"))
        plan = services.merge_preview(by=person(request), branch=branch, source=source, **given)
        return self.answer(PreviewOut, plan_told(plan))

    @extend_schema(request=RollbackIn, responses={201: DatasetVersionDetail})
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, pk: str) -> Response:
        """Make an earlier content the newest version again, as a new commit; nothing is taken out of history."""
        branch, given = self.get_object(), self.accepted_input(RollbackIn)
        to = version_at(branch.dataset, given.pop("to"))
        version = services.branch_rollback(by=person(request), branch=branch, to=to, **given)
        return self.answer(DatasetVersionDetail, version, status.HTTP_201_CREATED)


class TagViewSet(ReadViewSet):
    """Tags of every dataset that the person sees."""

    seen = staticmethod(tags_seen_by)
    serializer_class = detail_class = TagOut
    filterset_class = LineFilter

    @extend_schema(request=TagIn, responses={201: TagOut})
    def create(self, request: Request) -> Response:
        """Give a version a lasting name."""
        given = self.accepted_input(TagIn)
        version = version_at(dataset_seen(request.user, given.pop("dataset")), given.pop("ref"))
        tag = services.tag_create(by=person(request), version=version, **given)
        return self.answer(TagOut, tag, status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a tag away; the version stays."""
        services.tag_delete(by=person(request), tag=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DatasetLinesViewSet(SeenViewSet):
    """What a dataset's versions are called, and in which order they came about."""

    seen = staticmethod(datasets_seen_by)
    queryset = Dataset.objects.none()
    serializer_class = DatasetOut

    @extend_schema(operation_id="datasets_history_list", responses=DatasetVersionOut(many=True))
    @action(detail=True, filterset_class=HistoryFilter)
    def history(self, request: Request, pk: str) -> Response:
        """A version and all that it came from, by its own line and by merges, the newest first."""
        dataset = self.get_object()
        version = version_at(dataset, request.query_params.get("ref", MAIN))
        return self.listed(DatasetVersionOut, history_at(dataset, version))

    @extend_schema(parameters=[REF_PARAMETER], responses=DatasetVersionDetail)
    @action(detail=True)
    def resolve(self, request: Request, pk: str) -> Response:
        """The version that a reference means now."""
        return self.answer(DatasetVersionDetail, version_at(self.get_object(), request.query_params.get("ref", MAIN)))

    @extend_schema(parameters=[REF_PARAMETER], responses=FILE)
    @action(detail=True)
    def checkout(self, request: Request, pk: str) -> FileResponse:
        """The file of the version that a reference means, exactly as committed; the ETag is its SHA-256."""
        dataset = self.get_object()
        require(request.user, "dataset.read_raw", dataset.team_id, shared=dataset)
        version = version_at(dataset, request.query_params.get("ref", MAIN))
        stream, kind = storage.open(version.digest), "application/octet-stream"
        answer = FileResponse(stream, as_attachment=True, filename=version.filename, content_type=kind)
        answer["ETag"] = f'"{version.digest}"'
        return answer

    @extend_schema(request=SettingsIn, responses=DatasetSettings)
    @action(detail=True, methods=["post"], url_path="settings")
    def change(self, request: Request, pk: str) -> Response:
        """Say which columns name a row, and what the dataset is for; what is not said stays."""
        dataset, given = self.get_object(), self.accepted_input(SettingsIn)
        dataset = services.dataset_settings_set(by=person(request), dataset=dataset, **given)
        return self.answer(DatasetSettings, dataset)


class CommitViewSet(RunViewSet):
    """Runs that end in a version: large uploads, merges, redacted copies, saved views."""

    seen = staticmethod(commits_seen_by)
    serializer_class = CommitOut
    detail_class = CommitDetail
    filterset_class = CommitFilter

    @extend_schema(
        parameters=[OpenApiParameter("start", int), OpenApiParameter("count", int, description="at most 500")],
        responses=ClashesOut,
    )
    @action(detail=True, filterset_class=None)
    def conflicts(self, request: Request, pk: str) -> Response:
        """The rows that stopped a merge, with their keys and values, for people who may read the rows."""
        run = self.get_object()
        require(request.user, "dataset.read_raw", run.team_id, shared=run.dataset)
        start, count = (_number(request, name, default) for name, default in (("start", 0), ("count", 100)))
        return self.answer(ClashesOut, clashes_of(run, start, min(count, 500)))


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, str(default))
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise serializers.ValidationError({name: ["A whole number is needed."]})
    return int(given)
