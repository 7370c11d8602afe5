"""The API of AI systems: what is put into service, and which versions work in it."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import member_seen, person, team_seen
from apps.core.filtering import TeamFilter
from apps.core.serializing import Input, Key, Reason, Reference
from apps.core.viewsets import ReadViewSet
from apps.registry import queries, services
from apps.registry.api.aliases import time_given
from apps.registry.models import AISystem, SystemVersion
from apps.registry.rules import RISK_CLASSES

AT = OpenApiParameter("at", OpenApiTypes.DATETIME, description="only what worked in it at this time (ISO 8601)")
CLASSES = list(RISK_CLASSES.items())
SMALL = (
    "whether its provider is a small enterprise, which may document it in the simplified form; set by who classifies"
)


class SystemOut(serializers.ModelSerializer[AISystem]):
    team = Reference()
    owner = Reference()
    created_by = Reference()

    class Meta:
        model = AISystem
        fields = [
            "id", "team", "name", "description", "intended_purpose", "owner", "risk_class", "risk_reason",
            "is_small_provider", "created_by", "created_at", "updated_at",
        ]  # fmt: skip


class SystemListed(SystemOut):
    """A system with the number of versions at work in it now."""

    at_work = serializers.IntegerField()

    class Meta(SystemOut.Meta):
        fields = [*SystemOut.Meta.fields, "at_work"]


class SystemIn(Input):
    """A new AI system. Whoever may not classify leaves its risk class out."""

    team = Key()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    intended_purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    owner = Key(required=False, help_text="id of a person of the team; default: you")
    risk_class = serializers.ChoiceField(choices=CLASSES, required=False)
    risk_reason = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    is_small_provider = serializers.BooleanField(required=False, help_text=SMALL)


class SystemChange(Reason):
    """What changes; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    intended_purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    owner = Key(required=False)
    risk_class = serializers.ChoiceField(choices=CLASSES, required=False)
    risk_reason = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    is_small_provider = serializers.BooleanField(required=False, help_text=SMALL)


class PartOut(serializers.ModelSerializer[SystemVersion]):
    """One spell of a version in a system; `until` is null while it works there."""

    version = Reference()
    added_by = Reference()

    class Meta:
        model = SystemVersion
        fields = ["id", "version", "role", "since", "until", "added_by"]


class PartIn(Input):
    version = Key()
    role = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="what it does there")


class SystemFilter(TeamFilter):
    name = filters.CharFilter()
    name__icontains = filters.CharFilter(field_name="name", lookup_expr="icontains")
    risk_class = filters.ChoiceFilter(choices=CLASSES)


class SystemViewSet(ReadViewSet):
    """AI systems of the person's teams."""

    seen = staticmethod(queries.systems_seen_by)
    serializer_class = SystemListed
    detail_class = SystemOut
    filterset_class = SystemFilter

    def get_queryset(self) -> Any:
        return queries.systems_listed_for(self.request.user)

    @extend_schema(request=SystemIn, responses={201: SystemOut})
    def create(self, request: Request) -> Response:
        """Put an AI system on record."""
        given = self.accepted_input(SystemIn)
        given["team"] = team_seen(request.user, given["team"])
        if "owner" in given:
            given["owner"] = member_seen(request.user, given["team"].pk, given["owner"])
        system = services.system_create(by=person(request), **given)
        return self.answer(SystemOut, system, status.HTTP_201_CREATED)

    @extend_schema(request=SystemChange, responses=SystemOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change what is on record; the reason goes into the trail."""
        system, given = queries.system_seen(request.user, int(pk)), self.accepted_input(SystemChange)
        if "owner" in given:
            given["owner"] = member_seen(request.user, system.team_id, given["owner"])
        return self.answer(SystemOut, services.system_change(by=person(request), system=system, **given))

    @extend_schema(operation_id="systems_versions_list", parameters=[AT], responses=PartOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """Versions that work or have worked in the system, newest first; with `at`, those of that time."""
        rows = queries.parts_of(self.get_object(), time_given(request))[:1_000]
        return Response(PartOut(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(operation_id="systems_versions_add", request=PartIn, responses={201: PartOut})
    @versions.mapping.post
    def version_add(self, request: Request, pk: str) -> Response:
        """Put a version to work in the system."""
        system, given = queries.system_seen(request.user, int(pk)), self.accepted_input(PartIn)
        given["version"] = queries.version_seen(request.user, given["version"])
        part = services.system_version_add(by=person(request), system=system, **given)
        return self.answer(PartOut, part, status.HTTP_201_CREATED)

    @extend_schema(operation_id="systems_versions_end", request=Reason, responses=PartOut)
    @action(detail=True, methods=["post"], url_path="versions/(?P<part>[0-9]{1,18})/end")
    def version_end(self, request: Request, pk: str, part: str) -> Response:
        """Take a version out of the system; that it worked there stays on record."""
        system, given = queries.system_seen(request.user, int(pk)), self.accepted_input(Reason)
        ended = services.system_version_end(
            by=person(request), part=queries.part_seen(request.user, system, int(part)), **given
        )
        return self.answer(PartOut, ended)
