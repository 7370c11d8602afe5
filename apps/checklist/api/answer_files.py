"""The API's view of assessments as files."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.checklist import queries, services
from apps.checklist.queries.answer_files import XLSX, exported
from apps.checklist.rules.answer_files import KINDS
from apps.core.serializing import Input
from apps.core.spreadsheets import MOST_BYTES
from apps.core.viewsets import SeenViewSet


class AnswerFileIn(Input):
    file = serializers.FileField(help_text=f"XLSX or CSV, at most {MOST_BYTES // 1024 // 1024} MiB")


class AnswersImportIn(Input):
    apply = serializers.BooleanField(default=False, help_text="false: only say what the file would do")
    skip_refused = serializers.BooleanField(
        default=False, help_text="true: take the other rows where some are refused; false: then take none"
    )


class AnswersImportLineOut(serializers.Serializer[Any]):
    """One row of the file: what it does, or why it does nothing."""

    line = serializers.IntegerField(source="number")
    question = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    before = serializers.CharField(help_text="what stands there, in words; empty: nothing")
    after = serializers.CharField(help_text="what the row says, in words")
    why = serializers.CharField(help_text="why it is not taken; empty: it is")
    remedy = serializers.CharField()


class AnswersImportOut(serializers.Serializer[Any]):
    """What a file does to an assessment, row by row."""

    is_applied = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="rows by kind")
    warnings = serializers.ListField(child=serializers.CharField())
    lines = AnswersImportLineOut(many=True)


_AS = OpenApiParameter("as", str, enum=["xlsx", "csv"], default="xlsx", description="the kind of file")


class AssessmentFilesViewSet(SeenViewSet):
    """Assessments as files: to read, to fill in elsewhere, and to bring back."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = AnswersImportOut

    @extend_schema(
        operation_id="assessments_export",
        parameters=[_AS],
        responses={(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY), (200, "text/csv"): str},
    )
    @action(detail=True)
    def export(self, request: Request, pk: str) -> HttpResponseBase:
        """Every question with its answer and all that is on record about it."""
        kind = request.query_params.get("as", "xlsx")
        return exported(self.get_object(), made_for=str(person(request)), kind=kind)

    @extend_schema(
        operation_id="assessments_import",
        parameters=[AnswersImportIn],
        request={"multipart/form-data": AnswerFileIn},
        responses=AnswersImportOut,
    )
    @action(detail=True, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def fill_in(self, request: Request, pk: str) -> Response:
        """Take answers from a file, all or none; without `apply`, say what it would do and write nothing."""
        assessment, file = self.get_object(), self.accepted_input(AnswerFileIn)["file"]
        wanted = AnswersImportIn(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        by, content = person(request), file.read(MOST_BYTES + 1)
        is_applied, skip = wanted.validated_data["apply"], wanted.validated_data["skip_refused"]
        if is_applied:
            found = services.answers_take(by=by, assessment=assessment, content=content, skip_refused=skip)
        else:
            found = services.answers_checked(by=by, assessment=assessment, content=content)
        told = {"counts": found.counts, "warnings": found.warnings, "lines": found.lines}
        return self.answer(AnswersImportOut, told | {"is_applied": is_applied})
