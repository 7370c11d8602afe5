"""The API of documents and audit packs: start one, follow it, fetch its files."""

from typing import Any

from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.core import storage
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.viewsets import RunViewSet
from apps.reports import queries, services
from apps.reports.api.shapes import ABOUT, KindOut, ReportDetail, ReportIn, ReportOut
from apps.reports.queries.kinds import FORMS, kinds, kinds_about
from apps.reports.queries.packs import pack_file_for
from apps.reports.queries.snapshots import snapshot_seen
from apps.reports.queries.subjects import subject_seen
from apps.reports.rules.documents.spec import AUDIT_PACK, SUBJECTS, VERSION

BINARY = OpenApiResponse(OpenApiTypes.BINARY)


class ReportFilter(RunFilter):
    version = KeyFilter(field_name="version_id")
    document = filters.CharFilter()
    about = filters.ChoiceFilter(field_name="subject_kind", choices=ABOUT)
    subject = KeyFilter(field_name="subject_id")
    snapshot = KeyFilter(field_name="snapshot_id")


class ReportViewSet(RunViewSet):
    """Documents and audit packs of the person's teams."""

    seen = staticmethod(queries.reports_seen_by)
    serializer_class = ReportOut
    detail_class = ReportDetail
    filterset_class = ReportFilter

    @extend_schema(request=ReportIn, responses={202: ReportOut})
    def create(self, request: Request) -> Response:
        """Queue a document in all its formats, or an audit pack of `documents` with their evidence in a ZIP.

        What is made of the present takes a snapshot, so that it can be made again; its id is in the finished run.
        """
        given, user = self.accepted_input(ReportIn), person(request)
        if "snapshot" in given:
            given["snapshot"] = snapshot_seen(user, given["snapshot"])
        else:
            kind, pk = given.pop("about", VERSION), given.pop("version", None) or given["subject"]
            given["subject"] = subject_seen(user, kind, pk)
        made = services.document_start(by=user, **{"document": AUDIT_PACK} | given)
        return self.answer(ReportOut, made, status.HTTP_202_ACCEPTED)

    @extend_schema(
        responses={(200, "application/octet-stream"): BINARY},
        parameters=[OpenApiParameter("form", str, OpenApiParameter.PATH, enum=list(FORMS))],
    )
    @action(detail=True, filterset_class=None, url_path="files/(?P<form>[a-z]{1,10})")
    def files(self, request: Request, pk: str, form: str) -> FileResponse:
        """One file of a finished document. The ETag is the SHA-256 of the bytes, here and below."""
        return self._file(form)

    @extend_schema(responses={(200, "application/pdf"): BINARY})
    @action(detail=True, filterset_class=None)
    def pdf(self, request: Request, pk: str) -> FileResponse:
        """The PDF: the document for people; of an audit pack the audit report, where it holds one."""
        return self._file("pdf")

    @extend_schema(responses={(200, "application/zip"): BINARY})
    @action(detail=True, filterset_class=None)
    def zip(self, request: Request, pk: str) -> FileResponse:
        """The whole pack with manifest and verify_pack.py."""
        return self._file("zip")

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True, filterset_class=None)
    def json(self, request: Request, pk: str) -> FileResponse:
        """The document for programs; of an audit pack the record that it was made from, with every value unrounded."""
        return self._file("json")

    def _file(self, form: str) -> FileResponse:
        found = pack_file_for(person(self.request), self.get_object(), form)
        headers: dict[str, Any] = {"ETag": f'"{found.digest}"', "X-Content-SHA256": found.digest}
        return FileResponse(
            storage.open(found.digest),
            as_attachment=True,
            filename=found.filename,
            content_type=found.content_type,
            headers=headers,
        )


class DocumentKindsView(APIView):
    """Which kinds of documents there are."""

    @extend_schema(
        operation_id="document_kinds_list",
        parameters=[OpenApiParameter("about", str, enum=list(SUBJECTS), description="only those about this")],
        responses=KindOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Every kind of document, with what it can be about, its formats and its editions."""
        wanted = request.query_params.get("about", "")
        found: Any = kinds_about(wanted) if wanted in SUBJECTS else kinds()
        return Response(KindOut(found, many=True).data)
