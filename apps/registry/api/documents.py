"""The API of cards and bills of materials that are read in, and of what is said of a version."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core import storage
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Input, JsonObject, Reason, Reference
from apps.core.viewsets import ReadViewSet, SeenViewSet
from apps.registry import services
from apps.registry.models import VersionDocument, VersionMetric, VersionStatement
from apps.registry.queries import documents as queries
from apps.registry.queries import versions_seen_by
from apps.registry.rules import cards

HOW = "imported: out of a document; declared: by a person; measured: by the platform"
STATES = [cards.NEW, cards.SAME, cards.CONFLICT, cards.RECORDED, cards.SILENT]


class LackOut(serializers.Serializer[Any]):
    """Something that a question needs and the file does not say."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    questions = serializers.ListField(child=serializers.CharField(), help_text="ids of the checklist's questions")
    carried = serializers.BooleanField(help_text="whether the file's format has a term for it")


class DocumentOut(serializers.ModelSerializer[VersionDocument]):
    """A card or a bill that was read, and what it lacks."""

    version = Reference()
    created_by = Reference()
    missing = LackOut(many=True)

    class Meta:
        model = VersionDocument
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


class DocumentLineOut(serializers.Serializer[Any]):
    """One field: what the file says, what is recorded, and how they stand to each other."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    questions = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(
        choices=STATES,
        help_text="new: only the file; conflict: both, differently; recorded: only the record; missing: neither",
    )
    said = serializers.ListField(child=serializers.CharField())
    recorded = serializers.ListField(child=serializers.CharField())
    can_be_taken = serializers.BooleanField()


class DocumentDetail(DocumentOut):
    """A document with everything that was understood, beside what is recorded now."""

    found = JsonObject()
    lines = serializers.SerializerMethodField()
    files_digest = serializers.SerializerMethodField(
        help_text="same: the document names the SHA-256 of files of this version; differs; none: it names none"
    )

    class Meta(DocumentOut.Meta):
        fields = [*DocumentOut.Meta.fields, "found", "lines", "files_digest"]

    @extend_schema(responses=DocumentLineOut(many=True))
    def get_lines(self, document: VersionDocument) -> list[dict[str, Any]]:
        return list(DocumentLineOut(queries.preview_of(document).lines, many=True).data)

    def get_files_digest(self, document: VersionDocument) -> str:
        return queries.preview_of(document).digest_verdict


class VersionDocumentIn(Input):
    """One of the two: a file, or the path of a card among the version's own files."""

    file = serializers.FileField(
        max_length=200, required=False, help_text="README.md, a file of .eval_results, or CycloneDX in JSON"
    )
    path = serializers.CharField(max_length=300, required=False, help_text="such as README.md")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give either a file or a path.")
        return attrs


class DocumentApply(Input):
    """Which fields to take over. Without `take`, all that the record says nothing about."""

    take = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=500)
    keep = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=500,
        help_text="fields on which file and record differ, and where the record stays",
    )
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class VersionStatementIn(Reason):
    """One thing that is said of a version; a blank value takes it back."""

    field = serializers.ChoiceField(choices=[(name, cards.label_of(name)) for name in cards.STATEMENTS])
    value = serializers.JSONField(allow_null=True, help_text="a text, a list or an object, as docs/vocabulary.md says")


class StatementOut(serializers.ModelSerializer[VersionStatement]):
    """One thing that is said of a version, by whom or out of which document."""

    document = Reference(allow_null=True)
    said_by = Reference()
    status = serializers.CharField(help_text=HOW)

    class Meta:
        model = VersionStatement
        fields = ["id", "field", "value", "status", "document", "said_by", "said_at"]


class FigureOut(serializers.ModelSerializer[VersionMetric]):
    """One figure of a version's performance that came from outside, with who says so."""

    details = JsonObject(help_text="interval, configuration, date, token: what else was said")
    document = serializers.IntegerField(source="document_id", allow_null=True)
    status = serializers.CharField(help_text=HOW)

    class Meta:
        model = VersionMetric
        fields = [
            "id",
            "name",
            "value",
            "text",
            "task",
            "dataset",
            "split",
            "revision",
            "source",
            "status",
            "details",
            "document",
            "created_at",
        ]


class DocumentFilter(TeamFilter):
    team = KeyFilter(field_name="version__team_id")
    version = KeyFilter(field_name="version_id")


class DocumentViewSet(ReadViewSet):
    """Cards and bills of materials that were read into versions that the person sees."""

    seen = staticmethod(queries.documents_seen_by)
    serializer_class = DocumentOut
    detail_class = DocumentDetail
    filterset_class = DocumentFilter

    @extend_schema(request=DocumentApply, responses=DocumentDetail)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Write fields of the document into the version's record. 409 where nobody has picked."""
        given = self.accepted_input(DocumentApply)
        document = services.document_apply(by=person(request), document=self.get_object(), **given)
        return self.answer(DocumentDetail, document)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, filterset_class=None)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file as it was read; the ETag is its SHA-256."""
        document = self.get_object()
        return FileResponse(
            storage.open(document.digest),
            as_attachment=True,
            filename=document.filename,
            content_type="application/octet-stream",
            headers={"ETag": f'"{document.digest}"'},
        )


class VersionDocumentsViewSet(SeenViewSet):
    """What belongs to one model version: documents that were read, what is said of it, and figures from outside."""

    seen = staticmethod(versions_seen_by)
    serializer_class = DocumentOut
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="model_versions_documents_list", responses=DocumentOut(many=True))
    @action(detail=True, filterset_class=None, parser_classes=[MultiPartParser])
    def documents(self, request: Request, pk: str) -> Response:
        """The cards and bills that were read for one version."""
        rows = queries.documents_seen_by(request.user).filter(version=self.get_object())
        return self.listed(DocumentOut, rows)

    @extend_schema(
        operation_id="model_versions_documents_create",
        request={"multipart/form-data": VersionDocumentIn},
        responses={201: DocumentDetail},
    )
    @documents.mapping.post
    def read(self, request: Request, pk: str) -> Response:
        """Read a model card, a file of results or a CycloneDX bill. Nothing is recorded of it until it is applied."""
        version, given = self.get_object(), self.accepted_input(VersionDocumentIn)
        if "path" in given:
            document = services.document_read_own(by=person(request), version=version, **given)
        else:
            content = given["file"].read(cards.MOST_BYTES + 1)
            name = str(given["file"].name)
            document = services.document_import(by=person(request), version=version, content=content, filename=name)
        return self.answer(DocumentDetail, document, status.HTTP_201_CREATED)

    @extend_schema(operation_id="model_versions_statements_list", responses=StatementOut(many=True))
    @action(detail=True, filterset_class=None)
    def statements(self, request: Request, pk: str) -> Response:
        """What is said of one version."""
        rows = self.get_object().statements.select_related("document", "said_by").order_by("pk")
        return self.listed(StatementOut, rows)

    @extend_schema(
        operation_id="model_versions_statements_create",
        request=VersionStatementIn,
        responses={201: StatementOut(many=True)},
    )
    @statements.mapping.post
    def say(self, request: Request, pk: str) -> Response:
        """Say something of a version, in place of what was said before. Answers with all that is said now."""
        given = self.accepted_input(VersionStatementIn)
        version = services.statement_make(by=person(request), version=self.get_object(), **given)
        return self.answer_list(StatementOut, queries.statements_of(version))

    @extend_schema(operation_id="model_versions_figures_list", responses=FigureOut(many=True))
    @action(detail=True, filterset_class=None)
    def figures(self, request: Request, pk: str) -> Response:
        """Figures of performance that came from outside, such as from a card."""
        return self.listed(FigureOut, self.get_object().metrics.order_by("pk"))

    def answer_list(self, shows: Any, made: Any) -> Response:
        """All of what a write left, as `shows` shows each."""
        shown = shows(made, many=True, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)
