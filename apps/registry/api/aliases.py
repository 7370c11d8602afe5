"""The API of aliases: where they point, where they pointed at a time, their history, and which are protected."""

from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.serializing import Input, Key, Reason, Reference
from apps.core.viewsets import SeenViewSet
from apps.registry import queries, services
from apps.registry.api.shapes import ModelOut
from apps.registry.models import AliasMove, ModelAlias
from apps.registry.rules.aliases import MOST_LETTERS, MOST_PROTECTED

AT = OpenApiParameter("at", OpenApiTypes.DATETIME, description="what they meant at this time (ISO 8601); default: now")


class AliasOut(serializers.ModelSerializer[ModelAlias]):
    """A name that points at a version now."""

    version = Reference()
    number = serializers.IntegerField(source="version.number")
    stage = serializers.CharField(source="version.stage")
    is_deployable = serializers.BooleanField(source="version.is_deployable")
    moved_by = Reference()

    class Meta:
        model = ModelAlias
        fields = ["name", "version", "number", "stage", "is_deployable", "moved_by", "moved_at"]


class MoveOut(serializers.ModelSerializer[AliasMove]):
    """One step in the history of an alias; `version` is null where it was taken away."""

    previous = Reference(allow_null=True)
    version = Reference(allow_null=True)
    moved_by = Reference()

    class Meta:
        model = AliasMove
        fields = ["name", "previous", "version", "moved_by", "moved_at", "reason"]


class AliasIn(Input):
    """Where the alias is to point, and which version it is believed to point at now (0: none)."""

    version = Key(help_text="id of a version of this model")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    expect_version = serializers.IntegerField(
        required=False, min_value=0, help_text="number of the version; 409 if not"
    )


class AliasEnd(Input):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    expect_version = serializers.IntegerField(required=False, min_value=0)


class ProtectIn(Reason):
    """All aliases of the model that only a deployable version may carry."""

    names = serializers.ListField(
        child=serializers.CharField(max_length=MOST_LETTERS), max_length=MOST_PROTECTED, allow_empty=True
    )


class TimeGiven(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False)


def time_given(request: Request) -> datetime | None:
    """The time that the address asks for with `?at=`. Raises ValidationError for what is no time."""
    checked = TimeGiven(data=request.query_params)
    checked.is_valid(raise_exception=True)
    found: datetime | None = checked.validated_data.get("at")
    return found


class ModelAliasesViewSet(SeenViewSet):
    """The aliases of one model: `models/{id}/aliases/`."""

    seen = staticmethod(queries.models_seen_by)
    serializer_class = AliasOut

    @extend_schema(operation_id="models_aliases_list", parameters=[AT], responses=AliasOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def aliases(self, request: Request, pk: str) -> Response:
        """Where each alias points now. With `at`, the move by which each pointed where it did at that time."""
        model, at = self.get_object(), time_given(request)
        if at is not None:
            return self._told(MoveOut, queries.aliases_at(model, at))
        return self._told(AliasOut, queries.aliases_of(model))

    def _told(self, shows: Any, rows: Any) -> Response:
        return Response(shows(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(operation_id="models_aliases_retrieve", parameters=[AT], responses=AliasOut)
    @action(detail=True, url_path="aliases/(?P<name>[^/]+)")
    def alias(self, request: Request, pk: str, name: str) -> Response:
        """One alias. With `at`, what it meant at that time."""
        model, at = self.get_object(), time_given(request)
        if at is not None:
            return self.answer(MoveOut, queries.alias_meant(model, name, at))
        return self.answer(AliasOut, queries.alias_named(model, name))

    @extend_schema(operation_id="models_aliases_set", request=AliasIn, responses=AliasOut)
    @alias.mapping.put
    def alias_set(self, request: Request, pk: str, name: str) -> Response:
        """Let an alias point at a version. A protected one takes deployable versions only."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(AliasIn)
        given["version"] = queries.version_seen(request.user, given["version"])
        return self.answer(AliasOut, services.alias_set(by=person(request), model=model, name=name, **given))

    @extend_schema(operation_id="models_aliases_delete", request=AliasEnd, responses={204: None})
    @alias.mapping.delete
    def alias_delete(self, request: Request, pk: str, name: str) -> Response:
        """Take an alias away; its history stays."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(AliasEnd)
        services.alias_delete(by=person(request), model=model, name=name, **given)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="models_alias_moves_list", responses=MoveOut(many=True))
    @action(detail=True, url_path="alias-moves", filterset_class=None)
    def alias_moves(self, request: Request, pk: str) -> Response:
        """The history of all aliases of the model, newest first."""
        return self.listed(MoveOut, queries.alias_moves_of(self.get_object()))

    @extend_schema(operation_id="models_protect_aliases", request=ProtectIn, responses=ModelOut)
    @action(detail=True, methods=["post"], url_path="protect-aliases")
    def protect_aliases(self, request: Request, pk: str) -> Response:
        """Say which aliases only a deployable version may carry."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(ProtectIn)
        return self.answer(ModelOut, services.aliases_protect(by=person(request), model=model, **given))
