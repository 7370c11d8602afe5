"""The API of sources, of what dataset versions were made of, and of the terms that they inherit."""

from pathlib import Path
from typing import Any

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person, team_seen
from apps.catalog import services
from apps.catalog.api.source_shapes import (
    DerivationIn,
    DerivationOut,
    DocumentIn,
    InheritanceOut,
    LicenceOut,
    SourceChange,
    SourceIn,
    SourceListed,
    SourceOut,
    VerifyIn,
    VersionSourceIn,
    VersionSourceOut,
)
from apps.catalog.queries.datasets import dataset_version_seen
from apps.catalog.queries.licences import licence_verdict
from apps.catalog.queries.sources import (
    derivations_of,
    source_links_of,
    source_seen,
    sources_listed_for,
)
from apps.catalog.rules.licence_book import licence_book
from apps.catalog.rules.propagation import inheritance_told
from apps.catalog.rules.uses import unknown_uses
from apps.core import storage
from apps.core.errors import Invalid, NotFound
from apps.core.filtering import TeamFilter
from apps.core.serializing import Input
from apps.core.viewsets import ReadViewSet

USES = OpenApiParameter("uses", str, description="codes of intended uses to hold the terms against, with commas")


class SourceFilter(TeamFilter):
    name = filters.CharFilter()
    name__icontains = filters.CharFilter(field_name="name", lookup_expr="icontains")


class SourceViewSet(ReadViewSet):
    """Sources of the person's teams."""

    seen = staticmethod(sources_listed_for)
    serializer_class = SourceListed
    filterset_class = SourceFilter

    @extend_schema(request=SourceIn, responses={201: SourceOut})
    def create(self, request: Request) -> Response:
        """Record a source. A licence that cannot be read is refused with the word at fault."""
        given = self.accepted_input(SourceIn)
        given["team"] = team_seen(request.user, given["team"])
        return self.answer(SourceOut, services.source_create(by=person(request), **given), status.HTTP_201_CREATED)

    @extend_schema(request=SourceChange, responses=SourceOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is on record. Another licence withdraws the verification; answers that rest on it turn stale."""
        source, given = self.get_object(), self.accepted_input(SourceChange)
        return self.answer(SourceOut, services.source_change(by=person(request), source=source, **given))

    @extend_schema(request=VerifyIn, responses=SourceOut)
    @action(detail=True, methods=["post"], url_path="verify-licence")
    def verify_licence(self, request: Request, pk: str) -> Response:
        """Put on record that you have read the licence, and where."""
        source, given = self.get_object(), self.accepted_input(VerifyIn)
        return self.answer(SourceOut, services.source_verify_licence(by=person(request), source=source, **given))

    @extend_schema(
        operation_id="sources_document_read",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, filterset_class=None, parser_classes=[MultiPartParser])
    def document(self, request: Request, pk: str) -> FileResponse:
        """The stored contract or consent; the ETag is its SHA-256."""
        source = self.get_object()
        if not source.consent_digest:
            raise NotFound("No document is stored with this source.", code="source.no_document")
        answer = FileResponse(
            storage.open(source.consent_digest),
            as_attachment=True,
            filename=source.consent_document,
            content_type="application/octet-stream",
        )
        answer["ETag"] = f'"{source.consent_digest}"'
        return answer

    @extend_schema(
        operation_id="sources_document_store",
        request={"multipart/form-data": DocumentIn},
        responses=SourceOut,
    )
    @document.mapping.put
    def document_store(self, request: Request, pk: str) -> Response:
        """Store the contract or consent. A verification of before is withdrawn where the document is another."""
        source, file = self.get_object(), self.accepted_input(DocumentIn)["file"]
        stored = services.source_document_store(
            by=person(request), source=source, path=Path(file.temporary_file_path()), filename=str(file.name)
        )
        return self.answer(SourceOut, stored)


def _accepted(request: Request, accepts: type[Input]) -> dict[str, Any]:
    checked = accepts(data=request.data)
    checked.is_valid(raise_exception=True)
    given: dict[str, Any] = checked.validated_data
    return given


class VersionSourcesView(APIView):
    """The sources of one dataset version: `dataset-versions/{id}/sources/`."""

    @extend_schema(operation_id="dataset_versions_sources_list", responses=VersionSourceOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The sources that the version holds rows of, as far as you see them."""
        version = dataset_version_seen(request.user, pk)
        return Response(VersionSourceOut(source_links_of(request.user, version), many=True).data)

    @extend_schema(
        operation_id="dataset_versions_sources_link", request=VersionSourceIn, responses={201: VersionSourceOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say that the version holds rows of a source, and which share of them."""
        version, given = dataset_version_seen(request.user, pk), _accepted(request, VersionSourceIn)
        source = source_seen(request.user, given.pop("source"))
        link = services.version_source_link(by=person(request), version=version, source=source, **given)
        return Response(VersionSourceOut(link).data, status=status.HTTP_201_CREATED)


class VersionSourceView(APIView):
    """One link: `dataset-versions/{id}/sources/{source}/`."""

    @extend_schema(operation_id="dataset_versions_sources_unlink", responses={204: None})
    def delete(self, request: Request, pk: int, source: int) -> Response:
        """Take back that the version holds rows of the source."""
        version = dataset_version_seen(request.user, pk)
        services.version_source_unlink(by=person(request), version=version, source=source_seen(request.user, source))
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionDerivationsView(APIView):
    """What one dataset version was made out of: `dataset-versions/{id}/derivations/`."""

    @extend_schema(operation_id="dataset_versions_derivations_list", responses=DerivationOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The versions that this one was made out of, as far as you see them."""
        version = dataset_version_seen(request.user, pk)
        return Response(DerivationOut(derivations_of(request.user, version), many=True).data)

    @extend_schema(
        operation_id="dataset_versions_derivations_add", request=DerivationIn, responses={201: DerivationOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say that the version was made out of another. A circle is refused."""
        version, given = dataset_version_seen(request.user, pk), _accepted(request, DerivationIn)
        given["origin"] = dataset_version_seen(request.user, given["origin"])
        made = services.derivation_add(by=person(request), version=version, **given)
        return Response(DerivationOut(made).data, status=status.HTTP_201_CREATED)


class VersionDerivationView(APIView):
    """One derivation: `dataset-versions/{id}/derivations/{origin}/`."""

    @extend_schema(operation_id="dataset_versions_derivations_remove", responses={204: None})
    def delete(self, request: Request, pk: int, origin: int) -> Response:
        """Take back that the version was made out of the other."""
        version, other = dataset_version_seen(request.user, pk), dataset_version_seen(request.user, origin)
        services.derivation_remove(by=person(request), version=version, origin=other)
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionLicenceView(APIView):
    """The terms that one dataset version inherits: `dataset-versions/{id}/licence/`."""

    @extend_schema(operation_id="dataset_versions_licence", parameters=[USES], responses=InheritanceOut)
    def get(self, request: Request, pk: int) -> Response:
        """The strictest terms of its licence, its sources and what it was made out of, each with its chain."""
        version = dataset_version_seen(request.user, pk)
        found = licence_verdict(request.user, version, uses_named(request))
        return Response(InheritanceOut(inheritance_told(found)).data)


class LicenceListView(APIView):
    """The list of licences that comes with the portal: `licences/`."""

    @extend_schema(operation_id="licences_list", responses=LicenceOut(many=True))
    def get(self, request: Request) -> Response:
        """Every licence with its terms, where they stand, and how they are known."""
        return Response(LicenceOut(list(licence_book().licences.values()), many=True).data)


def uses_named(request: Request) -> list[str]:
    """The codes of `?uses=`. Raises Invalid for one that the list does not have."""
    codes = [code.strip() for code in str(request.query_params.get("uses", "")).split(",") if code.strip()]
    if unknown := unknown_uses(codes):
        raise Invalid(f"There is no intended use “{unknown[0]}”.", code="uses.unknown")
    return codes
