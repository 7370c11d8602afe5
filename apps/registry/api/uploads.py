"""Files of a version in pieces, by the tus protocol (see `apps.core.tus`): open a version, send its files, seal it."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog.queries import dataset_version_seen
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Input, JsonObject, Key, Reference
from apps.core.tus import TUS, TusViewSet, digest_said, header, number
from apps.core.tus.headers import metadata_of
from apps.core.viewsets import SeenViewSet
from apps.registry import queries, services
from apps.registry.api.shapes import VersionOut
from apps.registry.models import ModelUpload


class FileUploadOut(serializers.ModelSerializer[ModelUpload]):
    """A file on its way to a version: how far it has come and until when the rest is waited for."""

    url = serializers.SerializerMethodField(help_text="where the pieces are sent to")
    version = Reference()
    created_by = Reference()
    metadata = serializers.SerializerMethodField(help_text="what the client said of the file")
    offset = serializers.IntegerField(help_text="bytes that have arrived")
    expires_at = serializers.DateTimeField()

    class Meta:
        model = ModelUpload
        fields = [
            "id", "url", "version", "path", "size", "offset", "is_whole", "expect_digest", "digest", "metadata",
            "created_by", "created_at", "touched_at", "expires_at",
        ]  # fmt: skip

    def get_url(self, upload: ModelUpload) -> str:
        return reverse("file-upload-detail", args=[upload.pk], request=self.context.get("request"))

    @extend_schema_field(JsonObject)
    def get_metadata(self, upload: ModelUpload) -> dict[str, str]:
        return metadata_of(upload.metadata)


class FileUploadFilter(TeamFilter):
    version = KeyFilter(field_name="version_id")


class FileUploadViewSet(TusViewSet):
    """Files on their way to versions of the person's teams."""

    seen = staticmethod(queries.file_uploads_seen_by)
    serializer_class = FileUploadOut
    filterset_class = FileUploadFilter

    def upload(self) -> ModelUpload:
        return queries.file_upload_seen(self.request.user, self.kwargs["pk"])

    def check_reader(self, upload: ModelUpload) -> None:
        require(person(self.request), "version.create", upload.team_id)

    def append(self, upload: ModelUpload, **piece: Any) -> ModelUpload:
        return services.file_upload_append(by=person(self.request), upload=upload, **piece)

    def cancel(self, upload: ModelUpload) -> None:
        services.file_upload_cancel(by=person(self.request), upload=upload)

    @extend_schema(responses=FileUploadOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """How far a file has come. HEAD is the protocol's: Upload-Offset is where to go on."""
        return super().retrieve(request, pk)

    @extend_schema(
        request=None,
        parameters=[
            TUS,
            header("Upload-Length", "size of the file in bytes", required=True, kind=OpenApiTypes.INT64),
            header(
                "Upload-Metadata",
                "names and Base64 values: `version` (id of an open version) and `filename` (the file's path in it) are "
                "needed, `sha256` (hexadecimal) refuses a file that arrives otherwise; whatever else is said is kept",
                required=True,
            ),
        ],
        responses={201: FileUploadOut},
    )
    def create(self, request: Request) -> Response:
        """Begin to send one file; Location says where the pieces go. The last piece stores it."""
        metadata = request.headers.get("Upload-Metadata", "")
        said = metadata_of(metadata)
        version = queries.version_seen(request.user, number(said.get("version", ""), "Upload-Metadata: version"))
        upload = services.file_upload_start(
            by=person(request),
            version=version,
            path=said.get("filename", ""),
            size=number(request.headers.get("Upload-Length", ""), "Upload-Length"),
            expect_digest=digest_said(said),
            metadata=metadata,
        )
        return self.begun(upload)


class OpenIn(Input):
    """A version whose files will be sent."""

    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    licence = serializers.CharField(max_length=200, required=False, allow_blank=True)
    trained_on = serializers.ListField(child=Key(), required=False, max_length=100, help_text="dataset versions")


class ModelOpeningViewSet(SeenViewSet):
    """`models/{id}/open-version/`: the first of three steps."""

    seen = staticmethod(queries.models_seen_by)
    serializer_class = VersionOut

    @extend_schema(operation_id="models_versions_open", request=OpenIn, responses={201: VersionOut})
    @action(detail=True, methods=["post"], url_path="open-version")
    def open_version(self, request: Request, pk: str) -> Response:
        """Make the next version without files. Send them to `file-uploads/`, then seal the version."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(OpenIn)
        given["trained_on"] = [dataset_version_seen(request.user, key) for key in given.get("trained_on", [])]
        version = services.version_open(by=person(request), model=model, **given)
        return self.answer(VersionOut, version, status.HTTP_201_CREATED)


class VersionSealingViewSet(SeenViewSet):
    """`model-versions/{id}/seal/`: the last of three steps."""

    seen = staticmethod(queries.versions_seen_by)
    serializer_class = VersionOut

    @extend_schema(operation_id="model_versions_seal", request=None, responses=VersionOut)
    @action(detail=True, methods=["post"])
    def seal(self, request: Request, pk: str) -> Response:
        """Close an open version: its files and their digest stand from now on."""
        version = queries.version_seen(request.user, int(pk))
        return self.answer(VersionOut, services.version_seal(by=person(request), version=version))
