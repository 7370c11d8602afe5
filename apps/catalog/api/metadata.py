"""The API of metadata in and out: Croissant, Hugging Face dataset cards and DPS."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.catalog import services
from apps.catalog.models import DatasetVersion, MetadataImport
from apps.catalog.queries import dataset_versions_seen_by
from apps.catalog.queries import metadata as queries
from apps.catalog.rules import metadata
from apps.core import storage
from apps.core.downloads import written_answer
from apps.core.errors import Invalid
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Input, JsonObject, Reference
from apps.core.viewsets import ReadViewSet, SeenViewSet

VERSIONS = {"1.0": metadata.CROISSANT_1_0, "1.1": metadata.CROISSANT_1_1}


class MissingOut(serializers.Serializer[Any]):
    """Something that a Data question needs and the file does not say."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    questions = serializers.ListField(child=serializers.CharField(), help_text="ids of the checklist's Data questions")
    carried = serializers.BooleanField(help_text="whether the file's format has a term for it")


class MetadataImportOut(serializers.ModelSerializer[MetadataImport]):
    """A file of metadata that was read, and what it lacks."""

    version = Reference()
    created_by = Reference()
    missing = MissingOut(many=True)

    class Meta:
        model = MetadataImport
        fields = [
            "id",
            "version",
            "format",
            "filename",
            "digest",
            "missing",
            "applied",
            "applied_at",
            "created_by",
            "created_at",
        ]


class LineOut(serializers.Serializer[Any]):
    """One field: what the file says, what is recorded, and how they stand to each other."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    questions = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(
        choices=[metadata.NEW, metadata.SAME, metadata.CONFLICT, metadata.RECORDED, metadata.SILENT],
        help_text="new: only the file; conflict: both, differently; recorded: only the record; missing: neither",
    )
    said = serializers.ListField(child=serializers.CharField())
    recorded = serializers.ListField(child=serializers.CharField())
    can_be_taken = serializers.BooleanField()


class MetadataImportDetail(MetadataImportOut):
    """An import with everything that was understood, beside what is recorded now."""

    found = JsonObject()
    lines = serializers.SerializerMethodField()
    file_digest = serializers.SerializerMethodField(
        help_text="same: the metadata describes the very bytes of the version; differs; none: it names no SHA-256"
    )

    class Meta(MetadataImportOut.Meta):
        fields = [*MetadataImportOut.Meta.fields, "found", "lines", "file_digest"]

    @extend_schema(responses=LineOut(many=True))
    def get_lines(self, imported: MetadataImport) -> list[dict[str, Any]]:
        return list(LineOut(queries.preview_of(imported).lines, many=True).data)

    def get_file_digest(self, imported: MetadataImport) -> str:
        return metadata.digest_verdict(imported.found, imported.version.digest)


class MetadataIn(Input):
    file = serializers.FileField(max_length=200, help_text="Croissant, a dataset card (README.md) or DPS; UTF-8")


class ApplyIn(Input):
    """Which fields to take over. Without `take`, all that the record says nothing about."""

    take = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=500)
    keep = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=500,
        help_text="fields on which file and record differ, and where the record stays",
    )
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class MetadataImportFilter(TeamFilter):
    team = KeyFilter(field_name="version__team_id")
    version = KeyFilter(field_name="version_id")


class MetadataImportViewSet(ReadViewSet):
    """Imported metadata of every dataset version that the person sees."""

    seen = staticmethod(queries.imports_seen_by)
    serializer_class = MetadataImportOut
    detail_class = MetadataImportDetail
    filterset_class = MetadataImportFilter

    @extend_schema(request=ApplyIn, responses=MetadataImportDetail)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Write fields of the file into the version's licence and datasheet. 409 where nobody has picked."""
        imported = services.metadata_apply(
            by=person(request), imported=self.get_object(), **self.accepted_input(ApplyIn)
        )
        return self.answer(MetadataImportDetail, imported)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file as it was read; the ETag is its SHA-256."""
        imported = self.get_object()
        answer = FileResponse(
            storage.open(imported.digest),
            as_attachment=True,
            filename=imported.filename,
            content_type="application/octet-stream",
        )
        answer["ETag"] = f'"{imported.digest}"'
        return answer

    @extend_schema(request=None, responses={201: Reference(many=True)})
    @action(detail=True, methods=["post"])
    def sources(self, request: Request, pk: str) -> Response:
        """Record each source that the file names and link the version to it; known sources are left as they are."""
        sources = services.metadata_sources_record(by=person(request), imported=self.get_object())
        return Response(Reference(sources, many=True).data, status=status.HTTP_201_CREATED)


class VersionMetadataViewSet(SeenViewSet):
    """What belongs to one dataset version and is metadata: files that were read, and exports."""

    seen = staticmethod(dataset_versions_seen_by)
    serializer_class = MetadataImportOut

    @extend_schema(operation_id="dataset_versions_metadata_list", responses=MetadataImportOut(many=True))
    @action(detail=True, filterset_class=None, parser_classes=[MultiPartParser])
    def metadata(self, request: Request, pk: str) -> Response:
        """The files of metadata that were read for one version."""
        rows = queries.imports_seen_by(request.user).filter(version=self.get_object())
        return self.listed(MetadataImportOut, rows)

    @extend_schema(
        operation_id="dataset_versions_metadata_create",
        request={"multipart/form-data": MetadataIn},
        responses={201: MetadataImportDetail},
    )
    @metadata.mapping.post
    def read(self, request: Request, pk: str) -> Response:
        """Read a file of metadata. Nothing is recorded of it until it is applied."""
        version, file = self.get_object(), self.accepted_input(MetadataIn)["file"]
        content = file.read(metadata.MOST_BYTES + 1)
        imported = services.metadata_import(
            by=person(request), version=version, content=content, filename=str(file.name)
        )
        return self.answer(MetadataImportDetail, imported, status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("version", enum=list(VERSIONS), default="1.1")],
        responses={(200, "application/ld+json"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, filterset_class=None)
    def croissant(self, request: Request, pk: str) -> HttpResponse:
        """MLCommons Croissant 1.1 (or 1.0) with RAI terms. The ETag is the SHA-256 of the bytes."""
        wanted = request.query_params.get("version", "1.1")
        if wanted not in VERSIONS:
            raise Invalid(f"There is no Croissant {wanted[:20]} here; ask for {' or '.join(VERSIONS)}.")
        return exported(request, self.get_object(), VERSIONS[wanted])

    @extend_schema(responses={(200, "text/markdown"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def card(self, request: Request, pk: str) -> HttpResponse:
        """A Hugging Face dataset card (README.md). The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), metadata.CARD)

    @extend_schema(responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def dps(self, request: Request, pk: str) -> HttpResponse:
        """Data & Trust Alliance DPS 1.0.0 in JSON. The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), metadata.DPS)


def exported(request: Any, version: DatasetVersion, format: str) -> HttpResponse:
    """A version in one of the formats, as a download."""
    url = request.build_absolute_uri(reverse("catalog:version-detail", args=[version.pk]))
    content = metadata.write(queries.described_for(request.user, version, url), format)
    return written_answer(content, name=metadata.FILENAMES[format], content_type=metadata.MEDIA_TYPES[format])
