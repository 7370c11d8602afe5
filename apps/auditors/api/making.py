"""The API of snapshots and documents in the audit room."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.accounts.rules import guest_door
from apps.auditors.api.room import Somebody, entered
from apps.auditors.queries import Room, room_of
from apps.auditors.queries.documents import (
    document_of,
    documents_of,
    snapshot_of,
    snapshots_of,
    subjects_of,
)
from apps.auditors.services.documents import room_document_make, room_snapshot_take
from apps.core import storage
from apps.core.downloads import stored_answer
from apps.core.serializing import STATES, Input, Key
from apps.core.viewsets import SeenViewSet
from apps.reports.models import ReportRun, Snapshot
from apps.reports.queries.packs import pack_file
from apps.reports.rules.documents.chosen import chosen_from
from apps.reports.rules.documents.spec import SUBJECTS

BINARY = OpenApiResponse(OpenApiTypes.BINARY)


class RoomSnapshotOut(serializers.ModelSerializer[Snapshot]):
    """A snapshot of one thing of the room."""

    taken_by = Somebody()

    class Meta:
        model = Snapshot
        fields = [
            "id", "label", "reason", "subject_kind", "subject_id", "subject_label", "format", "digest", "size",
            "taken_by", "taken_at",
        ]  # fmt: skip


class RoomRunOut(serializers.Serializer[Any]):
    """A snapshot or document that is being made."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=STATES)
    progress = serializers.FloatField(help_text="0 to 1")
    message = serializers.CharField()
    error = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.IntegerField()
    subject_label = serializers.CharField()
    created_by = Somebody()
    created_at = serializers.DateTimeField()


class RoomFileOut(serializers.Serializer[Any]):
    """One file of a document."""

    form = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256")


class RoomDocumentOut(RoomRunOut):
    """A document about one thing of the room."""

    document = serializers.CharField()
    audience = serializers.CharField()
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)
    files = serializers.SerializerMethodField()

    @extend_schema_field(RoomFileOut(many=True))
    def get_files(self, run: ReportRun) -> list[dict[str, str]]:
        return [{"form": form, "digest": digest} for form, digest in run.digests.items()]


class SubjectIn(Input):
    """One thing of the room."""

    subject_kind = serializers.ChoiceField(choices=list(SUBJECTS.items()))
    subject_id = Key()


class RoomSnapshotIn(SubjectIn):
    label = serializers.CharField(max_length=120)  # type: ignore[assignment] # a field of the input
    reason = serializers.CharField(max_length=2_000)


class RoomChosenIn(Input):
    """One edition of one document that an audit pack holds."""

    document = serializers.SlugField(max_length=80)
    audience = serializers.SlugField(max_length=40, default="", allow_blank=True)
    is_simplified = serializers.BooleanField(default=False)


class RoomDocumentIn(Input):
    """Which document, about a thing as it is now, or from a snapshot of the room."""

    document = serializers.SlugField(max_length=80)
    subject_kind = serializers.ChoiceField(choices=list(SUBJECTS.items()), required=False)
    subject_id = Key(required=False)
    snapshot = Key(required=False)
    audience = serializers.SlugField(max_length=40, required=False, allow_blank=True)
    is_simplified = serializers.BooleanField(default=False)
    documents = RoomChosenIn(
        many=True,
        required=False,
        max_length=100,  # type: ignore[call-arg] # of the list that `many` makes of it
        help_text="of an audit pack: what it holds; default: everything",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "documents" in given:
            given["documents"] = [chosen_from(one) for one in given["documents"]]
        return given


class SubjectOut(serializers.Serializer[Any]):
    """One thing that documents of the room can be about, with the kinds of documents."""

    subject_kind = serializers.CharField(source="kind")
    subject_id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="label")
    documents = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_documents(self, about: Any) -> list[str]:
        return [kind.slug for kind in about.kinds]


class _RoomViewSet(SeenViewSet):
    """What the two share: the room of the address."""

    def room(self) -> Room:
        return room_of(person(self.request), self.kwargs["system"])


@guest_door
class RoomSnapshotViewSet(_RoomViewSet):
    """Snapshots of the room's things."""

    serializer_class = RoomSnapshotOut
    queryset = Snapshot.objects.none()

    def get_queryset(self) -> QuerySet[Snapshot]:
        return snapshots_of(self.room())

    @extend_schema(operation_id="audit_room_snapshots", responses=RoomSnapshotOut(many=True))
    def list(self, request: Request, system: int) -> Response:
        """Snapshots of the system and what belongs to it, newest first."""
        entered(request, system, "snapshots")
        return self.listed(RoomSnapshotOut, self.get_queryset())

    @extend_schema(operation_id="audit_room_snapshot_take", request=RoomSnapshotIn, responses={202: RoomRunOut})
    def create(self, request: Request, system: int) -> Response:
        """Queue a snapshot of everything on record about one thing of the room."""
        given = self.accepted_input(RoomSnapshotIn)
        subject = (given.pop("subject_kind"), given.pop("subject_id"))
        run = room_snapshot_take(room=self.room(), subject=subject, **given)
        return self.answer(RoomRunOut, run, status.HTTP_202_ACCEPTED)

    @extend_schema(operation_id="audit_room_snapshot", responses=RoomSnapshotOut)
    def retrieve(self, request: Request, system: int, pk: int) -> Response:
        """One snapshot."""
        found = snapshot_of(self.room(), pk)
        entered(request, system, "snapshot", found)
        return self.answer(RoomSnapshotOut, found)

    @extend_schema(operation_id="audit_room_snapshot_file", responses={(200, "application/json"): BINARY})
    def file(self, request: Request, system: int, pk: int) -> HttpResponseBase:
        """Everything that a snapshot holds, as JSON."""
        found = snapshot_of(self.room(), pk)
        entered(request, system, "snapshot file", found)
        name, kind = f"snapshot-{found.pk}.json", "application/json"
        return stored_answer(request, digest=found.digest, size=found.size, name=name, content_type=kind)


@guest_door
class RoomDocumentViewSet(_RoomViewSet):
    """Documents about the room's things."""

    serializer_class = RoomDocumentOut
    queryset = ReportRun.objects.none()

    def get_queryset(self) -> QuerySet[ReportRun]:
        return documents_of(self.room())

    @extend_schema(operation_id="audit_room_documents", responses=RoomDocumentOut(many=True))
    def list(self, request: Request, system: int) -> Response:
        """Documents about the system and what belongs to it, newest first."""
        entered(request, system, "documents")
        return self.listed(RoomDocumentOut, self.get_queryset())

    @extend_schema(operation_id="audit_room_document_make", request=RoomDocumentIn, responses={202: RoomDocumentOut})
    def create(self, request: Request, system: int) -> Response:
        """Queue a document about one thing of the room as it is now, or from one of its snapshots."""
        given = self.accepted_input(RoomDocumentIn)
        kind, pk = given.pop("subject_kind", None), given.pop("subject_id", None)
        subject = (kind, pk) if kind is not None and pk is not None else None
        run = room_document_make(room=self.room(), subject=subject, **given)
        return self.answer(RoomDocumentOut, run, status.HTTP_202_ACCEPTED)

    @extend_schema(operation_id="audit_room_document", responses=RoomDocumentOut)
    def retrieve(self, request: Request, system: int, pk: int) -> Response:
        """One document: how far it is, and its files."""
        found = document_of(self.room(), pk)
        entered(request, system, "document", found)
        return self.answer(RoomDocumentOut, found)

    @extend_schema(operation_id="audit_room_document_file", responses={(200, "application/octet-stream"): BINARY})
    def file(self, request: Request, system: int, pk: int, form: str) -> FileResponse:
        """One file of a finished document."""
        found = document_of(self.room(), pk)
        made = pack_file(found, form)
        entered(request, system, f"document file {form}", found)
        answer = FileResponse(storage.open(made.digest), as_attachment=True, filename=made.filename)
        answer["Content-Type"], answer["ETag"] = made.content_type, f'"{made.digest}"'
        return answer

    @extend_schema(operation_id="audit_room_subjects", responses=SubjectOut(many=True))
    def subjects(self, request: Request, system: int) -> Response:
        """What documents of the room can be about, and which documents there are of each."""
        room = entered(request, system, "subjects")
        return Response(SubjectOut(subjects_of(room), many=True).data)
