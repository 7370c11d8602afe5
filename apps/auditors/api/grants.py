"""The API of audit accesses, for those who give them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.auditors import services
from apps.auditors.models import AuditGrant
from apps.auditors.queries import grants_seen_by
from apps.auditors.queries.grants import in_state
from apps.auditors.rules import KINDS, LINK, MOST_SYSTEMS, STATES
from apps.core.errors import Invalid, NotFound
from apps.core.filtering import TeamFilter
from apps.core.serializing import Input, Key, Reason, Reference
from apps.core.viewsets import ReadViewSet
from apps.registry.queries import system_seen


class AuditAccessOut(serializers.ModelSerializer[AuditGrant]):
    """One access. The secret of its link is told once, when it is made."""

    team = Reference()
    systems = Reference(many=True)
    state = serializers.ChoiceField(choices=list(STATES.items()))
    created_by = Reference()
    revoked_by = Reference(allow_null=True)
    email = serializers.SerializerMethodField(help_text="of a named person; empty for a link")

    class Meta:
        model = AuditGrant
        fields = [
            "id", "team", "kind", "label", "reason", "systems", "state", "email", "expires_at", "entered_at",
            "created_by", "created_at", "revoked_at", "revoked_by", "revoked_because",
        ]  # fmt: skip

    def get_email(self, grant: AuditGrant) -> str:
        return "" if grant.kind == LINK else grant.holder.email


class AuditAccessGiven(AuditAccessOut):
    """A new access with its link."""

    link = serializers.SerializerMethodField(help_text="told this once; empty for a person who has a password already")

    class Meta(AuditAccessOut.Meta):
        fields = [*AuditAccessOut.Meta.fields, "link"]

    def get_link(self, grant: AuditGrant) -> str:
        secret = self.context["secret"]
        return f"{self.context['request'].build_absolute_uri(reverse('audit-room:open'))}#{secret}" if secret else ""


class AuditAccessIn(Input):
    """Who is let in, to which systems of one team, until when."""

    systems = serializers.ListField(child=Key(), min_length=1, max_length=MOST_SYSTEMS)
    label = serializers.CharField(  # type: ignore[assignment] # a field of the input
        max_length=120, help_text="who looks"
    )
    reason = serializers.CharField(max_length=2_000)
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    email = serializers.EmailField(required=False, help_text="of a named person, who signs in with it")
    expires_at = serializers.DateTimeField()


class AuditAccessFilter(TeamFilter):
    state = filters.ChoiceFilter(choices=list(STATES.items()), method="only_in_state")

    def only_in_state(self, rows: QuerySet[AuditGrant], name: str, value: str) -> QuerySet[AuditGrant]:
        return in_state(rows, value)


class AuditAccessViewSet(ReadViewSet):
    """Accesses of auditors from outside, for those who may give them."""

    seen = staticmethod(grants_seen_by)
    serializer_class = AuditAccessOut
    filterset_class = AuditAccessFilter
    queryset = AuditGrant.objects.none()

    @extend_schema(request=AuditAccessIn, responses={201: AuditAccessGiven})
    def create(self, request: Request) -> Response:
        """Let somebody in: to look at these systems, to make documents and to verify them. The link is told once."""
        given, by = self.accepted_input(AuditAccessIn), person(request)
        systems = [system_seen(by, pk) for pk in dict.fromkeys(given.pop("systems"))]
        if len({one.team_id for one in systems}) != 1:
            raise Invalid("Choose systems of one team.", code="access.systems")
        made = services.access_give(by=by, team=systems[0].team, systems=systems, **given)
        return self._given(made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AuditAccessGiven)
    @action(detail=True, methods=["post"], url_path="new-link")
    def new_link(self, request: Request, pk: str) -> Response:
        """Make a new link in place of one that was lost; the old one opens nothing any more."""
        return self._given(services.access_renew(by=person(request), grant=self._managed()))

    @extend_schema(request=Reason, responses=AuditAccessOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """End an access at once, with its sessions and tokens."""
        made = services.access_revoke(by=person(request), grant=self._managed(), **self.accepted_input(Reason))
        return self.answer(AuditAccessOut, made)

    def _managed(self) -> AuditGrant:
        found: AuditGrant = self.get_object()
        return found

    def _given(self, made: services.Given, code: int = status.HTTP_200_OK) -> Response:
        context: dict[str, Any] = {**self.get_serializer_context(), "secret": made.secret}
        row = grants_seen_by(self.request.user).filter(pk=made.grant.pk).first()
        if row is None:
            raise NotFound("There is no such access.")
        return Response(AuditAccessGiven(row, context=context).data, status=code)
