"""The API of the audit room: what was opened to a guest, the trail with its proofs, and checking files."""

from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.accounts.rules import guest_door
from apps.audit.models import AuditEntry
from apps.audit.queries import as_fields
from apps.audit.queries.proofs import proof_of
from apps.auditors.queries import Room, room_of, rooms_of
from apps.auditors.queries.room import MISSING
from apps.auditors.queries.trail import entry_of, trail_of
from apps.auditors.services import look
from apps.core.errors import NotFound
from apps.core.serializing import JsonObject, Reference
from apps.core.viewsets import SeenViewSet
from apps.registry.models import AISystem
from apps.reports.queries.verifying import FileCheck, Signed, file_check


def entered(request: Request, system: int, page: str, at: Model | None = None) -> Room:
    """The room, once the look into it stands in the trail. Raises NotFound for everybody else."""
    room = room_of(person(request), system)
    look(by=room.guest, grant=room.grant, at=at or room.system, page=f"api: {page}")
    return room


class Somebody(serializers.Serializer[Any]):
    """A person of the house, never by address."""

    id = serializers.IntegerField(source="pk")
    label = serializers.CharField(source="shown_outside")  # type: ignore[assignment] # a field of the answer


class AccessOut(serializers.Serializer[Any]):
    """One access of the guest's, with its systems."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    team = serializers.CharField(source="team.name")
    expires_at = serializers.DateTimeField()
    systems = Reference(many=True)


class RoomPartOut(serializers.Serializer[Any]):
    """A spell of a model version in the system."""

    version = Reference()
    stage = serializers.CharField(source="version.stage")
    role = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="null: it works there today")
    manifest_digest = serializers.SerializerMethodField(help_text="empty for a version that works elsewhere too")

    def get_manifest_digest(self, part: Any) -> str:
        return part.version.manifest_digest if part.version_id in self.context["room"].version_ids else ""


class RoomSystemOut(serializers.ModelSerializer[AISystem]):
    """A system as a guest sees it."""

    owner = Somebody()
    versions = serializers.SerializerMethodField()

    class Meta:
        model = AISystem
        fields = ["id", "name", "description", "intended_purpose", "risk_class", "risk_reason", "owner", "versions"]

    @extend_schema_field(RoomPartOut(many=True))
    def get_versions(self, system: AISystem) -> list[dict[str, Any]]:
        return list(RoomPartOut(self.context["room"].parts, many=True, context=self.context).data)


class RoomEntryOut(serializers.ModelSerializer[AuditEntry]):
    """One entry of the trail with all its fields, as they are chained."""

    data = JsonObject()  # type: ignore[assignment] # a field of the answer

    class Meta:
        model = AuditEntry
        fields = [
            "sequence", "at", "actor", "action", "object_type", "object_id", "object_label", "team_id", "reason",
            "data", "previous", "digest",
        ]  # fmt: skip

    def to_representation(self, instance: AuditEntry) -> dict[str, Any]:
        return as_fields(instance)


class RoomProofOut(serializers.Serializer[Any]):
    """An entry, the checkpoint over it, and the hashes that lead from the one to the other, as a pack holds them."""

    format = serializers.CharField()
    entry = JsonObject(help_text="all its fields, as they are chained")
    checkpoint = JsonObject(allow_null=True, help_text="as it was signed; null while none was")
    public_key = serializers.CharField(help_text="PEM")
    place = serializers.IntegerField(allow_null=True, help_text="among the checkpoint's rows, from 0")
    path = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField(help_text="why the proof does not hold; empty if it does")


@guest_door
class RoomView(APIView):
    """What was opened to the guest."""

    @extend_schema(operation_id="audit_room", responses=AccessOut(many=True))
    def get(self, request: Request) -> Response:
        """The accesses that are open, each with its systems."""
        user = person(request)
        grants = rooms_of(user)
        if not grants:
            raise NotFound(MISSING)
        look(by=user, grant=grants[0], at=grants[0], page="api: home")
        return Response(AccessOut(grants, many=True).data)


@guest_door
class SystemRoomView(APIView):
    """One system of the room."""

    @extend_schema(operation_id="audit_room_system", responses=RoomSystemOut)
    def get(self, request: Request, system: int) -> Response:
        """What is on record about it, and the versions that work or worked in it."""
        room = entered(request, system, "system")
        return Response(RoomSystemOut(room.system, context={"room": room}).data)


@guest_door
class RoomTrailViewSet(SeenViewSet):
    """The trail of one system of the room."""

    serializer_class = RoomEntryOut
    queryset = AuditEntry.objects.none()
    lookup_value_regex = "[0-9]+"

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return trail_of(room_of(person(self.request), self.kwargs["system"]))

    @extend_schema(operation_id="audit_room_trail", responses=RoomEntryOut(many=True))
    def list(self, request: Request, system: int) -> Response:
        """Every entry about the system and what belongs to it, newest first."""
        entered(request, system, "trail")
        return self.listed(RoomEntryOut, self.get_queryset())

    @extend_schema(operation_id="audit_room_proof", responses=RoomProofOut)
    def retrieve(self, request: Request, system: int, pk: int) -> Response:
        """One entry with the proof of its place, up to the first checkpoint that was signed behind it."""
        entry = entry_of(room_of(person(request), system), pk)
        entered(request, system, f"trail entry {pk}")
        return Response(RoomProofOut(proof_of(entry).as_json()).data)


class BroughtIn(serializers.Serializer[Any]):
    """A pack or a PDF."""

    file = serializers.FileField()
    digest = serializers.RegexField("^[0-9a-fA-F]{64}$", required=False, help_text="of a pack's manifest, if known")
    key = serializers.CharField(required=False, max_length=120, help_text="fingerprint of its key, if known")


class RoomSignatureOut(serializers.Serializer[Signed]):
    """A signature in a PDF."""

    holder = serializers.CharField(source="signature.holder", help_text="as the certificate names them")
    fingerprint = serializers.CharField(source="signature.fingerprint", help_text="SHA-256 of the certificate")
    signed_at = serializers.DateTimeField(source="signature.time", allow_null=True)
    is_ours = serializers.BooleanField(source="whose.is_ours", help_text="whether it is the organisation's key")


class RoomCheckOut(serializers.Serializer[FileCheck]):
    """What a check found. `is_intact` with `is_ours` is what to rely on; either alone says less."""

    kind = serializers.CharField(help_text="pack or pdf")
    is_intact = serializers.BooleanField(help_text="every byte is as it was sealed or signed")
    problems = serializers.ListField(child=serializers.CharField(), help_text="each thing that differs")
    is_ours = serializers.BooleanField(help_text="sealed or signed with the organisation's key")
    is_made_here = serializers.BooleanField(help_text="this portal recorded the making of exactly these bytes")
    digest = serializers.CharField(help_text="SHA-256 of a pack's manifest, or of the PDF")
    size = serializers.IntegerField(help_text="bytes")
    signatures = RoomSignatureOut(many=True)


@guest_door
class RoomVerifyView(APIView):
    """Checking a pack or a PDF."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="audit_room_verify", request={"multipart/form-data": BroughtIn}, responses=RoomCheckOut)
    def post(self, request: Request) -> Response:
        """Say whether a pack or a PDF is exactly as it was sealed or signed. Nothing of it is kept."""
        user = person(request)
        grants = rooms_of(user)
        if not grants:
            raise NotFound(MISSING)
        look(by=user, grant=grants[0], at=grants[0], page="api: verify")
        given = BroughtIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        expected, key = told.get("digest", "").lower(), told.get("key", "")
        return Response(RoomCheckOut(file_check(user, told["file"].file, expected=expected, key=key)).data)
