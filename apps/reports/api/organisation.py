"""The API of the organisation that documents speak for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.core.errors import NotFound
from apps.core.serializing import Input
from apps.reports.models import Organisation
from apps.reports.queries.organisation import organisation
from apps.reports.services.organisation import organisation_edit, organisation_logo_remove, organisation_logo_set


class OrganisationOut(serializers.ModelSerializer[Organisation]):
    """Who answers for this site's documents. `logo_digest` is the SHA-256 of the logo, empty without one."""

    class Meta:
        model = Organisation
        fields = [
            "name",
            "address",
            "contact",
            "representative_name",
            "representative_address",
            "representative_contact",
            "colour",
            "sections",
            "logo_digest",
            "changed_at",
        ]


class OrganisationIn(Input):
    """What stands on documents; what is left out stays as it is."""

    name = serializers.CharField(max_length=200)
    address = serializers.CharField(max_length=500, required=False, allow_blank=True)
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True)
    representative_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    representative_address = serializers.CharField(max_length=500, required=False, allow_blank=True)
    representative_contact = serializers.CharField(max_length=200, required=False, allow_blank=True)
    colour = serializers.CharField(
        max_length=7,
        required=False,
        allow_blank=True,
        help_text="such as #1f4fa3; contrast with white at least 4.5 to 1",
    )
    sections = serializers.CharField(
        required=False, allow_blank=True, max_length=300_000, help_text="plain text; a line `## Title` begins a section"
    )


class LogoIn(Input):
    """A picture of 512 KiB at most."""

    file = serializers.FileField(max_length=200, help_text="PNG or JPEG")


class OrganisationView(APIView):
    """The organisation that documents speak for."""

    @extend_schema(operation_id="organisation_retrieve", responses=OrganisationOut)
    def get(self, request: Request) -> Response:
        """Who answers for this site's documents. 404 before an administrator of the site entered it."""
        row = organisation()
        if row is None:
            raise NotFound("The organisation was not entered yet.")
        return Response(OrganisationOut(row).data)

    @extend_schema(operation_id="organisation_update", request=OrganisationIn, responses=OrganisationOut)
    def put(self, request: Request) -> Response:
        """Enter or change it. Documents made from now on carry it; snapshots taken before stay as they are."""
        given = OrganisationIn(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = given.validated_data
        return Response(OrganisationOut(organisation_edit(by=person(request), **values)).data)


class OrganisationLogoView(APIView):
    """The logo on documents."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="organisation_logo_update", request={"multipart/form-data": LogoIn}, responses=OrganisationOut
    )
    def put(self, request: Request) -> Response:
        """Put a logo on new documents."""
        given = LogoIn(data=request.data)
        given.is_valid(raise_exception=True)
        content = given.validated_data["file"].read()
        return Response(OrganisationOut(organisation_logo_set(by=person(request), content=content)).data)

    @extend_schema(operation_id="organisation_logo_destroy", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Make new documents without a logo."""
        organisation_logo_remove(by=person(request))
        return Response(status=204)
