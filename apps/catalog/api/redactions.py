"""The API of redaction: a new version without what a scan found."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.catalog import services
from apps.catalog.api.datasets import CommitOut
from apps.catalog.queries import dataset_version_seen
from apps.core.serializing import Input


class RedactionIn(Input):
    """Which findings go. What stays of them is their kind, or their kind and a pseudonym."""

    entities: Any = serializers.ListField(
        child=serializers.CharField(max_length=60),
        min_length=1,
        max_length=200,
        help_text="kinds, such as EMAIL_ADDRESS",
    )
    pseudonymous = serializers.BooleanField(default=False, help_text="equal values keep equal pseudonyms")
    scan_again = serializers.BooleanField(default=True, help_text="scan the new version with the same settings")
    message = serializers.CharField(max_length=300, required=False, allow_blank=True)


class VersionRedactionsView(APIView):
    """Redactions of one dataset version: `dataset-versions/{id}/redactions/`."""

    @extend_schema(operation_id="dataset_versions_redactions_create", request=RedactionIn, responses={202: CommitOut})
    def post(self, request: Request, pk: int) -> Response:
        """Queue a new version on the branch, with the findings of the newest scan replaced by placeholders."""
        version = dataset_version_seen(request.user, pk)
        asked = RedactionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        run = services.redaction_start(by=person(request), version=version, **asked.validated_data)
        return Response(CommitOut(run, context={"request": request}).data, status=status.HTTP_202_ACCEPTED)
