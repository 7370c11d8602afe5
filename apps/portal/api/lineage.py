"""The API of the lineage: what depends on a thing, and what answered at a time."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.serializing import Input, Key
from apps.portal.queries import lineage
from apps.serving.queries import state_of

UNNAMED = "something of another team"


class ThingOut(serializers.Serializer[Any]):
    """One thing found; of other teams' things only the kind is told."""

    kind = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    state = serializers.CharField(help_text="stage of a version, state of a deployment; otherwise empty")


class EffectOut(serializers.Serializer[Any]):
    """What the licence asked about would do to one model version."""

    version = ThingOut()
    objections = serializers.ListField(child=serializers.CharField(), help_text="new ones, each with its chain")
    standing = serializers.IntegerField(help_text="objections that stand today")
    falling = serializers.IntegerField(help_text="of those, how many would fall away")


class ImpactOut(serializers.Serializer[Any]):
    """Everything that came of one thing. `is_cut`: there is more than is listed."""

    dataset_versions = ThingOut(many=True)
    model_versions = ThingOut(many=True)
    evaluations = ThingOut(many=True)
    deployments = ThingOut(many=True)
    applications = ThingOut(many=True)
    systems = ThingOut(many=True)
    aliases = ThingOut(many=True)
    effects = EffectOut(many=True)
    is_cut = serializers.BooleanField()


class AnsweredIn(Input):
    """The question: through what, and when."""

    at = serializers.DateTimeField()
    deployment = Key(required=False)
    application = Key(required=False)
    system = Key(required=False)
    model = Key(required=False)
    alias = serializers.CharField(required=False, max_length=256, help_text="with `model`")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("deployment", "application", "system", "model") if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError("Name one of deployment, application, system, or model with alias.")
        if ("model" in attrs) != ("alias" in attrs):
            raise serializers.ValidationError("An alias needs its model, and a model its alias.")
        return attrs


class AnsweredOut(serializers.Serializer[Any]):
    """One model version that answered, with what stood behind it then."""

    through = serializers.CharField()
    version = ThingOut()
    manifest_digest = serializers.CharField()
    was_up = serializers.BooleanField(allow_null=True, help_text="null where no deployment is asked about")
    approved_at = serializers.DateTimeField(allow_null=True)
    approved_by = serializers.CharField(allow_null=True)
    deployments = ThingOut(many=True)
    applications = ThingOut(many=True)
    tuning_run = serializers.IntegerField(allow_null=True)
    base_versions = ThingOut(many=True)
    dataset_versions = ThingOut(many=True)
    evaluations = ThingOut(many=True)


class ImpactView(APIView):
    """What breaks if a thing goes: `lineage/{kind}/{id}/`."""

    @extend_schema(
        operation_id="lineage_impact",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(lineage.STARTS)),
            OpenApiParameter("licence", OpenApiTypes.STR, description="what if it had this licence? none: had lost it"),
        ],
        responses=ImpactOut,
    )
    def get(self, request: Request, kind: str, pk: int) -> Response:
        """Everything that came of a source, a dataset, a version of one, or a model version."""
        found = lineage.downstream_of(request.user, lineage.start_seen(request.user, kind, pk))
        licence = request.query_params.get("licence", "").strip()[:200]
        effects = lineage.licence_effects(found, licence or None)
        return Response(ImpactOut(_impact(found, effects)).data)


class AnsweredView(APIView):
    """What answered at a time: `lineage/answered/`."""

    @extend_schema(operation_id="lineage_answered", parameters=[AnsweredIn], responses=AnsweredOut(many=True))
    def get(self, request: Request) -> Response:
        """Which model version answered through a deployment, an application, a system or an alias, and what stood
        behind it then: approval, data, base models, tuning, evaluations.
        """
        asked = AnsweredIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        kind = next(name for name in ("deployment", "application", "system", "model") if name in given)
        answers = lineage.answered_at(
            request.user, "alias" if kind == "model" else kind, given[kind], given["at"], alias=given.get("alias", "")
        )
        return Response(AnsweredOut([_answer(one) for one in answers], many=True).data)


def _thing(kind: str, obj: Any, *, is_named: bool = True, state: str = "") -> dict[str, Any]:
    name = str(obj) if is_named else UNNAMED
    return {"kind": kind, "id": obj.pk if is_named else None, "name": name, "state": state}


def _impact(found: lineage.Downstream, effects: list[lineage.Effect]) -> dict[str, Any]:
    def named(kind: str, things: Any, *, team: Any = lambda one: one, state: Any = lambda one: "") -> list[Any]:
        return [_thing(kind, one, is_named=found.may_name(team(one)), state=state(one)) for one in things]

    applications = [one for deployment in found.deployments for one in deployment.applications.all()]
    return {
        "dataset_versions": named("dataset version", found.data.values()),
        "model_versions": named("model version", found.versions.values(), state=lambda one: one.stage),
        "evaluations": named("evaluation", found.evaluations),
        "deployments": named("deployment", found.deployments, state=state_of),
        "applications": named("application", applications),
        "systems": named("AI system", (part.system for part in found.systems)),
        "aliases": named("alias", found.aliases, team=lambda one: one.version),
        "effects": [
            {
                "version": _thing("model version", one.version, is_named=one.is_named, state=one.version.stage),
                "objections": one.new,
                "standing": one.blocks_now,
                "falling": one.gone,
            }
            for one in effects
        ],
        "is_cut": found.is_cut,
    }


def _answer(one: lineage.Answered) -> dict[str, Any]:
    return {
        "through": one.through,
        "version": _thing("model version", one.version, state=one.version.stage),
        "manifest_digest": one.version.manifest_digest,
        "was_up": one.was_up,
        "approved_at": one.approval.decided_at if one.approval else None,
        "approved_by": str(one.approval.decided_by) if one.approval else None,
        "deployments": [_thing("deployment", item) for item in one.deployments],
        "applications": [_thing("application", item) for item in one.applications],
        "tuning_run": one.tuning.pk if one.tuning else None,
        "base_versions": [_thing("model version", item) for item in one.bases],
        "dataset_versions": [_thing("dataset version", item) for item in one.data],
        "evaluations": [_thing("evaluation", item) for item in one.evaluations],
    }
