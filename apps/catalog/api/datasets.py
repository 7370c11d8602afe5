"""The API of datasets, their versions and scans."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.models import CommitRun, Dataset, DatasetVersion
from apps.core import storage
from apps.core.filtering import KeyFilter, RunFilter, TeamFilter
from apps.core.parsing import BoundedJSON
from apps.core.plain import object_of_text
from apps.core.serializing import Input, JsonObject, Key, PlainObject, Reference, RunDetail, RunSummary
from apps.core.viewsets import ReadViewSet, RunViewSet

DIGEST = r"^[0-9a-f]{64}$"
CARRIED = "Left out: carried over from the branch's newest version, and marked so"


class DatasetOut(serializers.ModelSerializer[Dataset]):
    team = Reference()
    key_columns = serializers.ListField(child=serializers.CharField(), help_text="columns that together name a row")
    created_by = Reference()

    class Meta:
        model = Dataset
        fields = ["id", "team", "name", "description", "purpose", "key_columns", "created_by", "created_at"]


class DatasetListed(DatasetOut):
    """A dataset with the number of its versions and the latest of them."""

    version_count = serializers.IntegerField()
    latest_number = serializers.IntegerField(allow_null=True)

    class Meta(DatasetOut.Meta):
        fields = [*DatasetOut.Meta.fields, "version_count", "latest_number"]


class DatasetIn(Input):
    team = Key()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()


class DatasetVersionOut(serializers.ModelSerializer[DatasetVersion]):
    """One immutable content of a dataset, and what is declared about it."""

    dataset = Reference()
    team = serializers.IntegerField(source="team_id")
    parent = serializers.IntegerField(  # type: ignore[assignment] # a field of the answer
        source="parent_id", allow_null=True, help_text="the version it was made from"
    )
    merged = serializers.IntegerField(source="merged_id", allow_null=True, help_text="the version merged into it")
    created_by = Reference()

    class Meta:
        model = DatasetVersion
        fields = [
            "id",
            "dataset",
            "team",
            "number",
            "branch",
            "parent",
            "merged",
            "operation",
            "message",
            "filename",
            "format",
            "encoding",
            "digest",
            "commit_digest",
            "size",
            "chunks",
            "new_bytes",
            "rows",
            "licence",
            "created_by",
            "created_at",
        ]


class DatasetVersionDetail(DatasetVersionOut):
    columns = ColumnOut(many=True)
    provenance = JsonObject()
    provenance_digest = serializers.CharField()
    carried = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        read_only=True,
        help_text="what nobody has said anew (“licence”, “datasheet.origin” …), with the numbers of the versions that "
        "it was said of",
    )

    class Meta(DatasetVersionOut.Meta):
        fields = [*DatasetVersionOut.Meta.fields, "columns", "provenance", "provenance_digest", "carried"]


class CommitIn(Input):
    """What is known about content that becomes a version."""

    branch = serializers.CharField(max_length=80, required=False, help_text="that it is committed on; main by default")
    message = serializers.CharField(max_length=300, required=False, allow_blank=True)
    licence = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text=f"{CARRIED}; empty: none"
    )
    datasheet_file = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="name of the file that `provenance` was read from"
    )
    expect_digest = serializers.RegexField(DIGEST, required=False, help_text="SHA-256 that the file must have")


class FileIn(CommitIn):
    """A file and what is known about it. `provenance` is the datasheet, as JSON or YAML text."""

    file = serializers.FileField(max_length=200)
    provenance = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text=f"the datasheet. {CARRIED}; empty: none"
    )


class UploadIn(CommitIn):
    """A file that arrived whole by /uploads/, and what is known about it."""

    upload = serializers.UUIDField(help_text="id of the upload")
    provenance = PlainObject(required=False, help_text=f"the datasheet. {CARRIED}; {{}}: none")


class DescribeIn(Input):
    licence = serializers.CharField(max_length=200, allow_blank=True)
    provenance = PlainObject()
    reason = serializers.CharField(max_length=2_000)


class ScanIn(Input):
    config = PlainObject(required=False, help_text="settings of the scan; none are needed")


class CommitOut(RunSummary):
    """Content on its way to become a version; `version` is there once the run has succeeded."""

    dataset = Reference()
    branch = serializers.CharField()
    operation = serializers.CharField()
    version = Reference(allow_null=True)


class ScanOut(RunSummary):
    dataset_version = Reference()
    findings_digest = serializers.CharField()


class ScanDetail(RunDetail, ScanOut):
    """A scan with its findings; samples are masked, and what it quotes of rows too without the right to raw rows."""

    def to_representation(self, instance: Any) -> Any:
        user = self.context["request"].user
        return super().to_representation(instance) | {"result": queries.scan_result(user, instance)}


class DatasetFilter(TeamFilter):
    name = filters.CharFilter()
    name__icontains = filters.CharFilter(field_name="name", lookup_expr="icontains")


class DatasetVersionFilter(TeamFilter):
    dataset = KeyFilter(field_name="dataset_id")
    digest = filters.CharFilter()


class ScanFilter(RunFilter):
    dataset_version = KeyFilter(field_name="dataset_version_id")


class DatasetViewSet(ReadViewSet):
    """Datasets of the person's teams, and those shared with them."""

    seen = staticmethod(queries.datasets_seen_by)
    serializer_class = DatasetListed
    detail_class = DatasetListed
    filterset_class = DatasetFilter

    def get_queryset(self) -> Any:
        return queries.datasets_listed_for(self.request.user).select_related("created_by")

    @extend_schema(request=DatasetIn, responses={201: DatasetOut})
    def create(self, request: Request) -> Response:
        """Make an empty dataset."""
        given = self.accepted_input(DatasetIn)
        given["team"] = team_seen(request.user, given["team"])
        dataset = services.dataset_create(by=person(request), **given)
        return self.answer(DatasetOut, dataset, status.HTTP_201_CREATED)

    @extend_schema(operation_id="datasets_versions_list", responses=DatasetVersionOut(many=True))
    @action(detail=True, filterset_class=None, parser_classes=[MultiPartParser, BoundedJSON])
    def versions(self, request: Request, pk: str) -> Response:
        """The versions of one dataset."""
        rows = queries.dataset_versions_seen_by(request.user).filter(dataset=self.get_object())
        return self.listed(DatasetVersionOut, rows)

    @extend_schema(
        operation_id="datasets_versions_create",
        request={"multipart/form-data": FileIn, "application/json": UploadIn},
        responses={201: DatasetVersionDetail, 202: CommitOut},
    )
    @versions.mapping.post
    def upload(self, request: Request, pk: str) -> Response:
        """Commit a file as the next version: JSON Lines, CSV, Parquet or text, sent here or by /uploads/ before.

        It is never held in memory. A large upload becomes a run (202) that ends in the version.
        """
        dataset = queries.dataset_seen(request.user, int(pk))
        if request.content_type.startswith("application/json"):
            return self._commit_upload(dataset)
        given = self.accepted_input(FileIn)
        file: TemporaryUploadedFile = given.pop("file")
        if "provenance" in given:
            given["provenance"] = object_of_text(given["provenance"], "provenance")
        version = services.dataset_version_commit(
            by=person(request),
            dataset=dataset,
            path=Path(file.temporary_file_path()),
            filename=str(file.name),
            **given,
        )
        return self.answer(DatasetVersionDetail, version, status.HTTP_201_CREATED)

    def _commit_upload(self, dataset: Dataset) -> Response:
        given = self.accepted_input(UploadIn)
        upload = queries.upload_seen(self.request.user, given.pop("upload"))
        made = services.upload_commit(by=person(self.request), dataset=dataset, upload=upload, **given)
        if isinstance(made, CommitRun):
            return self.answer(CommitOut, made, status.HTTP_202_ACCEPTED)
        return self.answer(DatasetVersionDetail, made, status.HTTP_201_CREATED)


class DatasetVersionViewSet(ReadViewSet):
    """Versions of every dataset that the person sees."""

    seen = staticmethod(queries.dataset_versions_seen_by)
    serializer_class = DatasetVersionOut
    detail_class = DatasetVersionDetail
    filterset_class = DatasetVersionFilter

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The stored bytes, exactly as uploaded, for those who may read raw rows; the ETag is their SHA-256."""
        version = self.get_object()
        require(person(request), "dataset.read_raw", version.team_id, shared=version.dataset)
        answer = FileResponse(
            storage.open(version.digest),
            as_attachment=True,
            filename=version.filename,
            content_type="application/octet-stream",
        )
        answer["ETag"] = f'"{version.digest}"'
        return answer

    @extend_schema(request=DescribeIn, responses=DatasetVersionDetail)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str) -> Response:
        """Replace what is declared about a version: licence and datasheet. Answers that rested on it turn stale."""
        version = services.dataset_version_describe(
            by=person(request), version=self.get_object(), **self.accepted_input(DescribeIn)
        )
        return self.answer(DatasetVersionDetail, version)

    @extend_schema(operation_id="dataset_versions_scans_list", responses=ScanOut(many=True))
    @action(detail=True, filterset_class=None)
    def scans(self, request: Request, pk: str) -> Response:
        """The scans of one version."""
        rows = queries.scans_seen_by(request.user).filter(dataset_version=self.get_object())
        return self.listed(ScanOut, rows.defer("log", "result"))

    @extend_schema(operation_id="dataset_versions_scans_create", request=ScanIn, responses={202: ScanOut})
    @scans.mapping.post
    def scan(self, request: Request, pk: str) -> Response:
        """Look for personal data, duplicates and what the licence forbids."""
        version, given = self.get_object(), self.accepted_input(ScanIn)
        run = services.scan_start(by=person(request), version=version, **given)
        return self.answer(ScanOut, run, status.HTTP_202_ACCEPTED)


class ScanViewSet(RunViewSet):
    """Scans of every dataset version that the person sees."""

    seen = staticmethod(queries.scans_seen_by)
    serializer_class = ScanOut
    detail_class = ScanDetail
    filterset_class = ScanFilter
