"""The API of cards and bills of materials of a model version: exports, and how complete they are."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.downloads import written_answer
from apps.core.viewsets import SeenViewSet
from apps.portal.queries import cards as queries
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by
from apps.registry.rules import cards


class GapOut(serializers.Serializer[Any]):
    """Something that a question needs and nobody has said."""

    field = serializers.CharField(source="name")
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    questions = serializers.ListField(child=serializers.CharField(), help_text="ids of the checklist's questions")
    remedy = serializers.CharField()
    carriers = serializers.ListField(child=serializers.CharField(), help_text="formats that have a term for it")


class CompletenessOut(serializers.Serializer[Any]):
    """How much of what the questions need is on record."""

    score = serializers.IntegerField(help_text="per cent of the needed fields, rounded down")
    needed = serializers.IntegerField()
    said = serializers.IntegerField()
    by_how = serializers.DictField(child=serializers.IntegerField(), help_text="measured, imported, declared")
    gaps = GapOut(many=True)


BINARY = OpenApiResponse(OpenApiTypes.BINARY)


class VersionCardsViewSet(SeenViewSet):
    """A model version in the formats that others read."""

    seen = staticmethod(versions_seen_by)
    serializer_class = CompletenessOut

    @extend_schema(responses={(200, "text/markdown"): BINARY})
    @action(detail=True, filterset_class=None, url_path="model-card")
    def model_card(self, request: Request, pk: str) -> HttpResponse:
        """A Hugging Face model card (README.md). The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), cards.HUB)

    @extend_schema(responses={(200, "application/yaml"): BINARY})
    @action(detail=True, filterset_class=None, url_path="eval-results")
    def eval_results(self, request: Request, pk: str) -> HttpResponse:
        """The figures as a file for `.eval_results`. The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), cards.RESULTS)

    @extend_schema(responses={(200, "application/vnd.cyclonedx+json"): BINARY})
    @action(detail=True, filterset_class=None)
    def cyclonedx(self, request: Request, pk: str) -> HttpResponse:
        """A CycloneDX 1.7 bill of materials. The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), cards.CYCLONEDX)

    @extend_schema(responses={(200, "application/spdx+json"): BINARY})
    @action(detail=True, filterset_class=None)
    def spdx(self, request: Request, pk: str) -> HttpResponse:
        """SPDX 3.0.1 with the AI and Dataset profiles. The ETag is the SHA-256 of the bytes."""
        return exported(request, self.get_object(), cards.SPDX)

    @extend_schema(responses=CompletenessOut)
    @action(detail=True, filterset_class=None)
    def completeness(self, request: Request, pk: str) -> Response:
        """How much of what the eighteen questions need is on record, and what is missing."""
        version = self.get_object()
        return self.answer(
            CompletenessOut, queries.completeness_of(request.user, version, address_of(request, version))
        )


def address_of(request: Any, version: ModelVersion) -> str:
    """Where the record of the version stands."""
    address: str = request.build_absolute_uri(reverse("portal:version-detail", args=[version.pk]))
    return address


def exported(request: Any, version: ModelVersion, format: str) -> HttpResponse:
    """A version in one of the formats, as a download."""
    described = queries.described_for(request.user, version, address_of(request, version))
    content = cards.write(described, format)
    return written_answer(content, name=cards.FILENAMES[format], content_type=cards.MEDIA_TYPES[format])
