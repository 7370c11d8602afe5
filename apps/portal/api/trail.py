"""The API of the audit trail: entries and their proofs, files of them, verification, checkpoints and public keys."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries.examining import examine_end
from apps.audit.queries.exports import Wanted
from apps.audit.queries.proofs import proof_of
from apps.audit.rules.extracts import CLOUD_EVENTS, FORMS, JSON_LINES
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, JsonObject, Key, RunDetail, RunSummary
from apps.core.viewsets import ReadViewSet, RunViewSet, SeenViewSet
from apps.portal import queries
from apps.trail.models import TrailCheckRun
from apps.trail.queries import checkpoints_for, checks_seen_by, deliveries_for, keys_for, require_reader
from apps.trail.services import checkpoint_ask, trail_check_start, trail_export


class EntryOut(serializers.ModelSerializer[AuditEntry]):
    """One entry of the trail, as it is chained, with the name of who acted."""

    actor_name = serializers.SerializerMethodField()
    data = JsonObject()  # type: ignore[assignment] # a field of the answer

    class Meta:
        model = AuditEntry
        fields = [
            "sequence",
            "at",
            "actor",
            "actor_name",
            "action",
            "object_type",
            "object_id",
            "object_label",
            "team_id",
            "reason",
            "data",
            "previous",
            "digest",
        ]

    def get_actor_name(self, entry: AuditEntry) -> str:
        return self.context["names"][entry.pk]


class VerdictOut(serializers.Serializer[Any]):
    """What a look at the newest entries found, and from which entry on was looked."""

    is_intact = serializers.BooleanField()
    rows = serializers.IntegerField(help_text="how many rows were read")
    first = serializers.IntegerField(help_text="the first row that was looked at; those before it were not")
    last = serializers.IntegerField(help_text="the last one")
    broken_at = serializers.IntegerField(allow_null=True, help_text="the first broken row")
    problem = serializers.CharField()
    head = serializers.CharField(help_text="the digest of the last good row; keep it elsewhere to detect a rewrite")
    checkpoints = serializers.IntegerField(help_text="signed checkpoints of the database that were looked at")
    exported = serializers.IntegerField(help_text="signed checkpoints outside the database that were looked at")
    signed_to = serializers.IntegerField(help_text="the last row under a signed checkpoint; 0 where there is none")
    unsigned = serializers.IntegerField(help_text="rows at the end that no checkpoint covers yet")
    faults = serializers.ListField(child=serializers.CharField(), help_text="what is wrong beside the rows")
    not_looked_at = serializers.CharField()


class CheckpointStatement(serializers.Serializer[Any]):
    """A checkpoint as it was signed (Ed25519 over the canonical JSON of all but the signature)."""

    format = serializers.CharField()
    rows = serializers.IntegerField()
    since = serializers.IntegerField()
    head = serializers.CharField(help_text="digest of row `rows`")
    root = serializers.CharField(  # type: ignore[assignment] # a field of the answer
        help_text="RFC 6962 tree over the digests of rows `since`+1 to `rows`"
    )
    at = serializers.CharField()
    key = serializers.CharField(help_text="SHA-256 of the public key's 32 bytes")
    signature = serializers.CharField(help_text="base64")


class ProofOut(serializers.Serializer[Any]):
    """An entry, the checkpoint over it, and the hashes that lead from the one to the other."""

    format = serializers.CharField()
    entry = JsonObject(help_text="all its fields, as they are chained")
    checkpoint = CheckpointStatement(allow_null=True, help_text="null while none was signed behind the entry")
    public_key = serializers.CharField(help_text="PEM")
    place = serializers.IntegerField(allow_null=True, help_text="among the checkpoint's rows, from 0")
    path = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField(help_text="why the proof does not hold; empty if it does")


class EntryFilter(filters.FilterSet):
    action = filters.CharFilter()
    actor = filters.CharFilter()
    object_type = filters.CharFilter()
    object_id = filters.CharFilter()
    team = KeyFilter(field_name="team_id")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")


class ExportIn(Input):
    """The query parameters of an export."""

    form = serializers.ChoiceField(choices=list(FORMS.items()), default=JSON_LINES)
    action = serializers.CharField(required=False, max_length=80)
    actor = serializers.CharField(required=False, max_length=80)
    object_type = serializers.CharField(required=False, max_length=80)
    object_id = serializers.CharField(required=False, max_length=80)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False, help_text="itself left out")


MEDIA_TYPES = {JSON_LINES: "application/jsonl", CLOUD_EVENTS: "application/cloudevents+json"}


class TrailViewSet(ReadViewSet):
    """The audit trail: entries of teams whose trail the person may read, and those about their own doings."""

    seen = staticmethod(queries.trail_seen_by)
    serializer_class = EntryOut
    filterset_class = EntryFilter
    queryset = AuditEntry.objects.none()

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return queries.trail_seen_by(self.request.user)

    def list(self, request: Request) -> Response:
        """The entries, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, pk: str) -> Response:
        """One entry, by its sequence number."""
        return Response(self._shown([self.get_object()])[0])

    @extend_schema(operation_id="audit_verify", responses=VerdictOut)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def verify(self, request: Request) -> Response:
        """Look at the newest rows and the newest checkpoints; for all of them start a check (audit-checks)."""
        require_reader(request.user)
        told = examine_end().as_json()
        before = f"entries before {told['first']}, and archived segments" if told["first"] > 1 else "nothing"
        return Response(VerdictOut(told | {"not_looked_at": before}).data)

    @extend_schema(operation_id="audit_proof", responses=ProofOut)
    @action(detail=True, filterset_class=None)
    def proof(self, request: Request, pk: str) -> Response:
        """The proof of one entry's place, up to the first checkpoint that was signed behind it."""
        return Response(ProofOut(proof_of(self.get_object()).as_json()).data)

    @extend_schema(
        operation_id="audit_export",
        parameters=[ExportIn],
        responses={(200, "application/jsonl"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=False, filterset_class=None, pagination_class=None)
    def export(self, request: Request) -> StreamingHttpResponse:
        """The entries that the filters leave, oldest first, one a line, sealed with the portal's key; written while
        it is read.
        """
        asked = ExportIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(asked.validated_data)
        form = given.pop("form")
        made = trail_export(by=person(request), wanted=Wanted(**given), rows=self.get_queryset(), form=form)
        answer = StreamingHttpResponse(made.lines, content_type=MEDIA_TYPES[form])
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer

    def _shown(self, page: Any) -> Any:
        lines = queries.with_actor_names(page)
        names = {line.entry.pk: line.actor_name for line in lines}
        return EntryOut(page, many=True, context={**self.get_serializer_context(), "names": names}).data


class CheckpointOut(serializers.ModelSerializer[Checkpoint]):
    """A signed checkpoint of the trail."""

    class Meta:
        model = Checkpoint
        fields = ["rows", "since", "head", "root", "at", "key", "signature"]


class CheckpointViewSet(ListModelMixin, SeenViewSet):
    """Signed checkpoints, newest first, for everybody who may read a trail."""

    seen = staticmethod(checkpoints_for)
    serializer_class = CheckpointOut

    @extend_schema(request=None, responses={201: CheckpointOut})
    def create(self, request: Request) -> Response:
        """Sign the trail as it is now. Where nothing was recorded since, the newest one is the answer."""
        made = checkpoint_ask(by=person(request)) or checkpoints_for(request.user).first()
        return self.answer(CheckpointOut, made, status.HTTP_201_CREATED)


class TrailCheckIn(Input):
    team = Key(required=False, help_text="under which team it stands; without one, the first whose trail you may read")


class TrailCheckViewSet(RunViewSet):
    """Verifications of the whole trail; `result` says what was read and what was found."""

    seen = staticmethod(checks_seen_by)
    serializer_class = RunSummary
    detail_class = RunDetail
    filterset_class = RunFilter
    queryset = TrailCheckRun.objects.none()

    @extend_schema(request=TrailCheckIn, responses={202: RunSummary})
    def create(self, request: Request) -> Response:
        """Queue a verification: every row and archived segment, against every signed checkpoint."""
        made = trail_check_start(by=person(request), **self.accepted_input(TrailCheckIn))
        return self.answer(RunSummary, made, status.HTTP_202_ACCEPTED)


class PublicKeyOut(serializers.Serializer[Any]):
    """A public key that checkpoints name by its id."""

    id = serializers.CharField(help_text="SHA-256 of the key's 32 bytes")
    pem = serializers.CharField()


class TrailKeysView(APIView):
    """The public keys that the trail's checkpoints, extracts and segments are verified by."""

    @extend_schema(operation_id="audit_keys_list", responses=PublicKeyOut(many=True))
    def get(self, request: Request) -> Response:
        """All of them, those of former years included."""
        return Response(PublicKeyOut(keys_for(request.user), many=True).data)


class DeliveryOut(serializers.Serializer[Any]):
    """How far the trail was delivered to a receiver that the administrator set."""

    target = serializers.CharField(help_text="syslog or webhook")
    position = serializers.IntegerField(help_text="the last entry that was taken")
    taken_at = serializers.DateTimeField(source="sent_at", allow_null=True, help_text="when it last took something")
    failures = serializers.IntegerField(help_text="since something was last taken")
    problem = serializers.CharField()
    next_at = serializers.DateTimeField(help_text="not asked again before")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="when the receiver asked for no more")


class TrailDeliveriesView(APIView):
    """Where entries are sent as they come; addresses are told to nobody."""

    @extend_schema(operation_id="audit_deliveries_list", responses=DeliveryOut(many=True))
    def get(self, request: Request) -> Response:
        """Each receiver that was ever sent to."""
        return Response(DeliveryOut(deliveries_for(request.user), many=True).data)
