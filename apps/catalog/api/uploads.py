"""Files in pieces that become dataset versions, by the tus protocol (see `apps.core.tus`).

A whole upload becomes a version by POST …/datasets/{id}/versions/ with {"upload": id}.
"""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries, services
from apps.catalog.models import Upload
from apps.core.errors import Invalid
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import JsonObject, Reference
from apps.core.tus import TUS, TusViewSet, digest_said, header, number
from apps.core.tus.headers import metadata_of

MOST_LICENCE = 200


class UploadOut(serializers.ModelSerializer[Upload]):
    """A file on its way: how far it has come and until when the rest is waited for."""

    url = serializers.SerializerMethodField(help_text="where the pieces are sent to")
    dataset = Reference()
    created_by = Reference()
    metadata = serializers.SerializerMethodField(help_text="what the client said of the file")
    offset = serializers.IntegerField(help_text="bytes that have arrived")
    expires_at = serializers.DateTimeField()

    class Meta:
        model = Upload
        fields = [
            "id", "url", "dataset", "filename", "size", "offset", "is_whole", "expect_digest", "metadata", "created_by",
            "created_at", "touched_at", "expires_at",
        ]  # fmt: skip

    def get_url(self, upload: Upload) -> str:
        return reverse("upload-detail", args=[upload.pk], request=self.context.get("request"))

    @extend_schema_field(JsonObject)
    def get_metadata(self, upload: Upload) -> dict[str, str]:
        return metadata_of(upload.metadata)


class UploadFilter(TeamFilter):
    dataset = KeyFilter(field_name="dataset_id")


class UploadViewSet(TusViewSet):
    """Uploads of the person's teams that have not become a version yet."""

    seen = staticmethod(queries.uploads_seen_by)
    serializer_class = UploadOut
    filterset_class = UploadFilter

    def upload(self) -> Upload:
        return queries.upload_seen(self.request.user, self.kwargs["pk"])

    def check_reader(self, upload: Upload) -> None:
        require(person(self.request), "dataset.upload", upload.team_id)

    def append(self, upload: Upload, **piece: Any) -> Upload:
        return services.upload_append(by=person(self.request), upload=upload, **piece)

    def cancel(self, upload: Upload) -> None:
        services.upload_cancel(by=person(self.request), upload=upload)

    @extend_schema(responses=UploadOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """How far an upload has come. HEAD is the protocol's: Upload-Offset is where to go on."""
        return super().retrieve(request, pk)

    @extend_schema(
        request=None,
        parameters=[
            TUS,
            header("Upload-Length", "size of the file in bytes", required=True, kind=OpenApiTypes.INT64),
            header(
                "Upload-Metadata",
                "names and Base64 values: `filename` and `dataset` (its id) are needed, `sha256` (hexadecimal) refuses "
                "a file that arrives otherwise; `branch`, `message` and `licence` hold where the commit says nothing; "
                "whatever else is said is kept",
                required=True,
            ),
        ],
        responses={201: UploadOut},
    )
    def create(self, request: Request) -> Response:
        """Begin an upload; Location says where the pieces go."""
        metadata = request.headers.get("Upload-Metadata", "")
        said = metadata_of(metadata)
        dataset = queries.dataset_seen(request.user, number(said.get("dataset", ""), "Upload-Metadata: dataset"))
        if len(said.get("licence", "")) > MOST_LICENCE:
            raise Invalid(f"Upload-Metadata: a licence has up to {MOST_LICENCE} characters.", code="upload.metadata")
        upload = services.upload_start(
            by=person(request),
            dataset=dataset,
            filename=said.get("filename", ""),
            size=number(request.headers.get("Upload-Length", ""), "Upload-Length"),
            expect_digest=digest_said(said),
            metadata=metadata,
        )
        return self.begun(upload)
