"""The API of audit packs."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core import storage
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, Key, Reference, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet
from apps.registry.queries import version_seen
from apps.reports import queries, services

BINARY = OpenApiResponse(OpenApiTypes.BINARY)


class ReportIn(Input):
    version = Key(help_text="the model version that the pack is about")


class ReportOut(RunSummary):
    """An audit pack with the SHA-256 of its files, empty until they are there."""

    version = Reference()
    pdf_digest = serializers.CharField()
    json_digest = serializers.CharField()
    zip_digest = serializers.CharField()
    zip_size = serializers.IntegerField(allow_null=True, help_text="bytes")
    pages = serializers.IntegerField(allow_null=True)


class ReportDetail(RunDetail, ReportOut):
    """An audit pack; `result.manifest_digest` is what verify_pack.py takes as `--digest`."""


class ReportFilter(RunFilter):
    version = KeyFilter(field_name="version_id")


class ReportViewSet(RunViewSet):
    """Audit packs of the person's teams."""

    seen = staticmethod(queries.reports_seen_by)
    serializer_class = ReportOut
    detail_class = ReportDetail
    filterset_class = ReportFilter

    @extend_schema(request=ReportIn, responses={202: ReportOut})
    def create(self, request: Request) -> Response:
        """Queue an audit pack of a model version: PDF, JSON, and both with their evidence in a ZIP."""
        version = version_seen(request.user, self.accepted_input(ReportIn)["version"])
        made = services.report_start(by=person(request), version=version)
        return self.answer(ReportOut, made, status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/pdf"): BINARY})
    @action(detail=True, filterset_class=None)
    def pdf(self, request: Request, pk: str) -> FileResponse:
        """The report for people. The ETag is the SHA-256 of the bytes, here and below."""
        return self._file("pdf")

    @extend_schema(responses={(200, "application/zip"): BINARY})
    @action(detail=True, filterset_class=None)
    def zip(self, request: Request, pk: str) -> FileResponse:
        """The whole pack with manifest and verify_pack.py."""
        return self._file("zip")

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True, filterset_class=None)
    def json(self, request: Request, pk: str) -> FileResponse:
        """The record that the report was made from, with every value unrounded."""
        return self._file("json")

    def _file(self, form: str) -> FileResponse:
        found = queries.pack_file(self.get_object(), form)
        headers: dict[str, Any] = {"ETag": f'"{found.digest}"', "X-Content-SHA256": found.digest}
        return FileResponse(
            storage.open(found.digest),
            as_attachment=True,
            filename=found.filename,
            content_type=found.content_type,
            headers=headers,
        )
