"""The API of what is on record about a version: its facts, tags, and files with their manifest."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.downloads import stored_answer
from apps.core.serializing import Input, Reason
from apps.core.viewsets import SeenViewSet
from apps.registry import queries, services
from apps.registry.api.shapes import FileOut, VersionOut
from apps.registry.models import VersionTag
from apps.registry.rules import RELATIONS
from apps.registry.rules.facts import LARGEST_CONTEXT, LENGTHS

LARGEST_COUNT = 2**63 - 1


class VersionDescribeIn(Reason):
    """What is on record about a version; what is left out stays as it is."""

    description = serializers.CharField(max_length=LENGTHS["description"], required=False, allow_blank=True)
    architecture = serializers.CharField(max_length=LENGTHS["architecture"], required=False, allow_blank=True)
    parameters = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT, required=False, allow_null=True)
    tokenizer = serializers.CharField(max_length=LENGTHS["tokenizer"], required=False, allow_blank=True)
    context_length = serializers.IntegerField(
        min_value=1, max_value=LARGEST_CONTEXT, required=False, allow_null=True, help_text="tokens"
    )
    modality = serializers.CharField(max_length=LENGTHS["modality"], required=False, allow_blank=True)
    library = serializers.CharField(max_length=LENGTHS["library"], required=False, allow_blank=True)
    licence = serializers.CharField(max_length=LENGTHS["licence"], required=False, allow_blank=True)
    relation = serializers.ChoiceField(choices=list(RELATIONS.items()), required=False, allow_blank=True)
    base_names = serializers.ListField(child=serializers.CharField(max_length=300), max_length=50, required=False)
    environment = serializers.CharField(
        max_length=LENGTHS["environment"], required=False, allow_blank=True, help_text="pinned packages, one a line"
    )


class VersionTagOut(serializers.ModelSerializer[VersionTag]):
    """A word of somebody's own, with a value."""

    class Meta:
        model = VersionTag
        fields = ["key", "value"]


class VersionTagIn(Input):
    key = serializers.CharField(max_length=250)
    value = serializers.CharField(max_length=100_000, allow_blank=True)


class VersionTagEnd(Input):
    key = serializers.CharField(max_length=250)


class ManifestOut(serializers.Serializer[Any]):
    """Every file of a version with its SHA-256, and the digest over all of them."""

    model = serializers.CharField()
    version = serializers.IntegerField()
    manifest_digest = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    files = FileOut(many=True)


class VersionRecordsViewSet(SeenViewSet):
    """What belongs to one version: `model-versions/{id}/…`."""

    seen = staticmethod(queries.versions_seen_by)
    serializer_class = VersionOut

    @extend_schema(request=VersionDescribeIn, responses=VersionOut)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str) -> Response:
        """Put right or fill in what is on record; answers of the checklist that rest on it turn stale."""
        version, given = queries.version_seen(request.user, int(pk)), self.accepted_input(VersionDescribeIn)
        return self.answer(VersionOut, services.version_describe(by=person(request), version=version, **given))

    @extend_schema(operation_id="model_versions_tags_list", responses=VersionTagOut(many=True))
    @action(detail=True, filterset_class=None)
    def tags(self, request: Request, pk: str) -> Response:
        """The tags of the version."""
        return self.listed(VersionTagOut, VersionTag.objects.filter(version=self.get_object()))

    @extend_schema(operation_id="model_versions_tags_set", request=VersionTagIn, responses={204: None})
    @tags.mapping.post
    def tag_set(self, request: Request, pk: str) -> Response:
        """Hang a tag on the version, or change its value."""
        version, given = queries.version_seen(request.user, int(pk)), self.accepted_input(VersionTagIn)
        services.version_tag_set(by=person(request), version=version, **given)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="model_versions_tags_delete", request=VersionTagEnd, responses={204: None})
    @tags.mapping.delete
    def tag_delete(self, request: Request, pk: str) -> Response:
        """Take a tag off the version; nothing happens where there is none."""
        version, given = queries.version_seen(request.user, int(pk)), self.accepted_input(VersionTagEnd)
        services.version_tag_delete(by=person(request), version=version, **given)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="model_versions_manifest", responses=ManifestOut)
    @action(detail=True)
    def manifest(self, request: Request, pk: str) -> Response:
        """Every file with its SHA-256."""
        return self.answer(ManifestOut, queries.manifest_of(self.get_object()))

    @extend_schema(
        operation_id="model_versions_sha256sums", responses={(200, "text/plain"): OpenApiTypes.STR}, filters=False
    )
    @action(detail=True, url_path="sha256sums")
    def sha256sums(self, request: Request, pk: str) -> HttpResponse:
        """The manifest as `sha256sum --check` reads it."""
        return HttpResponse(queries.sha256sums_of(self.get_object()), content_type="text/plain; charset=utf-8")

    @extend_schema(
        operation_id="model_versions_files_retrieve",
        parameters=[
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="one range of bytes, such as bytes=0-9")
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            416: OpenApiResponse(description="No byte of the file lies in this range."),
        },
    )
    def file(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        """One file, whole or a range of it, with its digest in Repr-Digest (RFC 9530). Held files are refused."""
        file = queries.file_to_read(self.get_object(), path)
        return stored_answer(request, digest=file.digest, size=file.size, name=file.path.rpartition("/")[2])
