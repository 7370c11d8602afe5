"""The API of the evidence library: documents, their versions, what they support, and citing them in answers."""

from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.accounts.services import require
from apps.checklist import queries, services
from apps.checklist.api.library_shapes import (
    CiteIn,
    DetachIn,
    EvidenceDocumentIn,
    EvidenceDocumentOut,
    EvidenceVersionOut,
    NextVersionIn,
    SupportsOut,
    WithdrawIn,
)
from apps.checklist.api.shapes import AssessmentOut, QuestionNow
from apps.checklist.models import EvidenceDocument
from apps.checklist.queries import library
from apps.checklist.queries.supports import supports_of
from apps.checklist.rules.library import KINDS, STANDINGS
from apps.checklist.services.library import Content
from apps.core.downloads import stored_answer
from apps.core.errors import Invalid, NotFound
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.parsing import BoundedJSON
from apps.core.viewsets import ReadViewSet, SeenViewSet

VERSION_FIELDS = ("link", "method", "status", "effective_on", "expires_on")


def _documents(user: Any) -> QuerySet[EvidenceDocument]:
    return library.with_newest(library.with_state(library.documents_seen_by(user)))


def _content(given: dict[str, Any]) -> Content:
    """The fields of a version, taken out of what was sent. Raises Invalid unless there is a file or a link."""
    told = {name: given.pop(name) for name in VERSION_FIELDS if name in given}
    file = given.pop("file", None)
    if (file is None) == (not told.get("link")):
        raise Invalid("A document is a file or a link: send one of the two.", code="evidence.content")
    if file is None:
        return Content(**told)
    return Content(**told, path=Path(file.temporary_file_path()), filename=str(file.name))


class EvidenceDocumentFilter(TeamFilter):
    kind = filters.ChoiceFilter(choices=list(KINDS.items()))
    state = filters.ChoiceFilter(
        choices=list(STANDINGS.items()),
        method="standing",
        help_text="of the newest version; superseded: an answer still cites an older one",
    )
    q = filters.CharFilter(max_length=200, method="found", help_text="words in the title, in what it shows, in names")

    def standing(self, rows: QuerySet[EvidenceDocument], name: str, state: str) -> QuerySet[EvidenceDocument]:
        """Those whose newest version stands like that."""
        return library.in_state(rows, state)

    def found(self, rows: QuerySet[EvidenceDocument], name: str, words: str) -> QuerySet[EvidenceDocument]:
        """Those that hold the words."""
        return library.with_words(rows, words)


class EvidenceDocumentViewSet(ReadViewSet):
    """The documents of the person's teams, newest first."""

    seen = staticmethod(_documents)
    serializer_class = EvidenceDocumentOut
    filterset_class = EvidenceDocumentFilter
    parser_classes = [MultiPartParser, BoundedJSON]

    def list(self, request: Request) -> Response:
        """Documents with their newest version."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(EvidenceDocumentOut(library.lines_of(page), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One document with its newest version."""
        return self._document(self.get_object().pk)

    @extend_schema(
        request={"multipart/form-data": EvidenceDocumentIn, "application/json": EvidenceDocumentIn},
        responses={201: EvidenceDocumentOut},
    )
    def create(self, request: Request) -> Response:
        """Put a document into the library of a team: a file as multipart, a link as JSON."""
        given = self.accepted_input(EvidenceDocumentIn)
        content, team = _content(given), team_seen(request.user, given.pop("team"))
        made = services.evidence_document_add(by=person(request), team=team, content=content, **given)
        return self._document(made.document_id, status.HTTP_201_CREATED)

    @extend_schema(operation_id="evidence_documents_versions_list", responses=EvidenceVersionOut(many=True))
    @action(detail=True, filterset_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """Every version of the document."""
        rows = library.versions_seen_by(request.user).filter(document=self.get_object())
        return self.listed(EvidenceVersionOut, rows)

    @extend_schema(
        operation_id="evidence_documents_versions_add",
        request={"multipart/form-data": NextVersionIn, "application/json": NextVersionIn},
        responses={201: EvidenceVersionOut},
    )
    @versions.mapping.post
    def version_add(self, request: Request, pk: str) -> Response:
        """Put the next version in. Answers that cite an earlier one turn stale until they cite this one."""
        document, given = self.get_object(), self.accepted_input(NextVersionIn)
        content = _content(given)
        made = services.evidence_version_add(by=person(request), document=document, content=content, **given)
        return self.answer(EvidenceVersionOut, made, status.HTTP_201_CREATED)

    @extend_schema(responses=SupportsOut)
    @action(detail=True, filterset_class=None)
    def supports(self, request: Request, pk: str) -> Response:
        """What would turn stale if the document were withdrawn."""
        found = library.versions_of(self.get_object())
        return self.answer(SupportsOut, supports_of(request.user, found))

    @extend_schema(request=WithdrawIn, responses=EvidenceDocumentOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the document back, once you have seen what it supports. 409 with another number of answers."""
        document, given = self.get_object(), self.accepted_input(WithdrawIn)
        services.evidence_document_withdraw(by=person(request), document=document, **given)
        return self._document(document.pk)

    def _document(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        [line] = library.lines_of([_documents(self.request.user).get(pk=pk)])
        return self.answer(EvidenceDocumentOut, line, code)


class EvidenceVersionFilter(TeamFilter):
    document = KeyFilter(field_name="document_id")
    since = filters.IsoDateTimeFilter(field_name="uploaded_at", lookup_expr="gte")


class EvidenceVersionViewSet(ReadViewSet):
    """Every version of the documents of the person's teams."""

    seen = staticmethod(library.versions_seen_by)
    serializer_class = EvidenceVersionOut
    filterset_class = EvidenceVersionFilter

    @extend_schema(
        parameters=[
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="one range of bytes, such as bytes=0-9")
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            416: OpenApiResponse(description="No byte of the file lies in this range."),
        },
    )
    @action(detail=True, filterset_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file as it was put in, with its digest in Repr-Digest (RFC 9530)."""
        version = self.get_object()
        require(person(request), "evidence.read", version.team_id)
        if not version.filename:
            raise NotFound("This version is an address; the library holds no file of it.", code="evidence.no_file")
        return stored_answer(request, digest=version.digest, size=version.size, name=version.filename)

    @extend_schema(responses=SupportsOut)
    @action(detail=True, filterset_class=None)
    def supports(self, request: Request, pk: str) -> Response:
        """What would turn stale if this version were withdrawn."""
        return self.answer(SupportsOut, supports_of(request.user, [self.get_object()]))

    @extend_schema(request=WithdrawIn, responses=EvidenceVersionOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take this version back, once you have seen what it supports. 409 with another number of answers."""
        version, given = self.get_object(), self.accepted_input(WithdrawIn)
        made = services.evidence_version_withdraw(by=person(request), version=version, **given)
        return self.answer(EvidenceVersionOut, made)


class AssessmentCitationViewSet(SeenViewSet):
    """What answers cite: `assessments/{id}/answers/{question}/…`."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = AssessmentOut

    @extend_schema(operation_id="assessments_answers_cite", request=CiteIn, responses={201: QuestionNow})
    @action(detail=True, methods=["post"], url_path=r"answers/(?P<question>[\w.-]+)/citations")
    def cite(self, request: Request, pk: str, question: str) -> Response:
        """Let the answer cite a version of a document, in place of any other version of it."""
        assessment, given = self.get_object(), self.accepted_input(CiteIn)
        given["version"] = library.version_seen(request.user, given["version"])
        services.evidence_cite(by=person(request), assessment=assessment, question=question, **given)
        return self._question(question, status.HTTP_201_CREATED)

    @extend_schema(operation_id="assessments_answers_evidence_detach", request=DetachIn, responses=QuestionNow)
    @action(
        detail=True,
        methods=["post"],
        url_path=r"answers/(?P<question>[\w.-]+)/evidence/(?P<evidence>[0-9]{1,18})/detach",
    )
    def detach(self, request: Request, pk: str, question: str, evidence: str) -> Response:
        """Take something that was given by hand off the answer; the revision before keeps it."""
        assessment, given = self.get_object(), self.accepted_input(DetachIn)
        services.evidence_drop(
            by=person(request), assessment=assessment, question=question, evidence=int(evidence), **given
        )
        return self._question(question)

    def _question(self, question: str, code: int = status.HTTP_200_OK) -> Response:
        view = queries.assessment_view(self.request.user, self.get_object())
        return self.answer(QuestionNow, view.question(question), code)
