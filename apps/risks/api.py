"""The API of the risk register."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import member_seen, person, team_seen
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Input, Key, Reason, Reference
from apps.core.viewsets import ReadViewSet
from apps.registry.queries import system_seen, version_seen
from apps.risks import queries, services
from apps.risks.models import Risk, RiskControl, RiskRating
from apps.risks.rules import CATEGORIES, INHERENT, LEVELS, RATINGS, RESIDUAL, STATES, TREATMENTS

LONG = 20_000


class Scale(serializers.IntegerField):
    """A place on a scale of five."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 5} | more)


class RiskOut(serializers.ModelSerializer[Risk]):
    team = Reference()
    system = Reference(allow_null=True)
    version = Reference(allow_null=True)
    owner = Reference()
    level = serializers.ChoiceField(
        choices=list(LEVELS.items()), help_text="as far as is known: with the controls where that was rated"
    )

    class Meta:
        model = Risk
        fields = [
            "id", "team", "title", "category", "system", "version", "owner", "state", "level", "likelihood", "impact",
            "residual_likelihood", "residual_impact", "treatment", "review_on", "revision", "created_at", "updated_at",
        ]  # fmt: skip


class RatingOut(serializers.ModelSerializer[RiskRating]):
    rated_by = Reference()

    class Meta:
        model = RiskRating
        fields = ["id", "kind", "likelihood", "impact", "because", "rated_by", "rated_at"]


class ControlOut(serializers.ModelSerializer[RiskControl]):
    """What holds a risk down; `rule` is empty where people say whether it works."""

    checked_by = Reference(allow_null=True, help_text="null: the platform, or never checked")

    class Meta:
        model = RiskControl
        fields = ["id", "title", "description", "rule", "state", "found", "found_digest", "checked_at", "checked_by"]


class RiskDetail(RiskOut):
    created_by = Reference()
    decided_by = Reference(allow_null=True)
    ratings = serializers.SerializerMethodField()
    controls = serializers.SerializerMethodField()

    class Meta(RiskOut.Meta):
        fields = [
            *RiskOut.Meta.fields, "description", "plan", "created_by", "decided_by", "decided_at", "decision_reason",
            "reopened_at", "reopened_because", "ratings", "controls",
        ]  # fmt: skip

    @extend_schema_field(RatingOut(many=True))
    def get_ratings(self, risk: Risk) -> Any:
        return RatingOut(queries.ratings_of(risk), many=True).data

    @extend_schema_field(ControlOut(many=True))
    def get_controls(self, risk: Risk) -> Any:
        return ControlOut(queries.controls_of(risk), many=True).data


class RiskIn(Input):
    """A new risk; of a system, of a model version, or of the team's work where neither is given."""

    team = Key()
    title = serializers.CharField(max_length=200)
    likelihood = Scale(help_text="before anything is done")
    impact = Scale(help_text="before anything is done")
    category = serializers.ChoiceField(choices=list(CATEGORIES.items()), required=False)
    description = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    system = Key(required=False)
    version = Key(required=False)
    owner = Key(required=False, help_text="id of a person of the team; default: you")
    treatment = serializers.ChoiceField(choices=list(TREATMENTS.items()), required=False)
    plan = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    review_on = serializers.DateField(required=False, allow_null=True)


class RiskChange(Reason):
    """What changes; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    category = serializers.ChoiceField(choices=list(CATEGORIES.items()), required=False)
    description = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    owner = Key(required=False)
    treatment = serializers.ChoiceField(choices=list(TREATMENTS.items()), required=False)
    plan = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    review_on = serializers.DateField(required=False, allow_null=True)
    expect_revision = serializers.IntegerField(required=False, help_text="the revision you looked at")


class RateIn(Input):
    kind = serializers.ChoiceField(choices=list(RATINGS.items()))
    likelihood = Scale()
    impact = Scale()
    because = serializers.CharField(max_length=LONG, help_text="what the judgement rests on")
    expect_revision = serializers.IntegerField(required=False, help_text="the revision you looked at")


class AcceptIn(Reason):
    review_on = serializers.DateField(required=False, help_text="when it is looked at again; default: as on record")


class MarkIn(Reason):
    works = serializers.BooleanField()


class CellOut(serializers.Serializer[Any]):
    likelihood = Scale()
    impact = Scale()
    level = serializers.ChoiceField(choices=list(LEVELS.items()))
    count = serializers.IntegerField()


class RiskFilter(TeamFilter):
    system = KeyFilter(field_name="system_id")
    version = KeyFilter(field_name="version_id")
    state = filters.ChoiceFilter(choices=list(STATES.items()))
    category = filters.ChoiceFilter(choices=list(CATEGORIES.items()))
    level = filters.ChoiceFilter(choices=list(LEVELS.items()), method="at_level")
    review_until = filters.DateFilter(field_name="review_on", lookup_expr="lte")

    def at_level(self, rows: Any, name: str, value: str) -> Any:
        return queries.risks_at_level(rows, value)


class RiskViewSet(ReadViewSet):
    """The risk register of the person's teams."""

    seen = staticmethod(queries.risks_seen_by)
    serializer_class = RiskOut
    detail_class = RiskDetail
    filterset_class = RiskFilter

    @extend_schema(request=RiskIn, responses={201: RiskDetail})
    def create(self, request: Request) -> Response:
        """Put a risk on record."""
        given = self.accepted_input(RiskIn)
        given["team"] = team_seen(request.user, given["team"])
        if "system" in given:
            given["system"] = system_seen(request.user, given["system"])
        if "version" in given:
            given["version"] = version_seen(request.user, given["version"])
        self._name_owner(given, given["team"].pk)
        risk = services.risk_create(by=person(request), **given)
        return self.answer(RiskDetail, risk, status.HTTP_201_CREATED)

    @extend_schema(request=RiskChange, responses=RiskDetail)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change what is on record of a risk."""
        risk, given = self.get_object(), self.accepted_input(RiskChange)
        self._name_owner(given, risk.team_id)
        return self.answer(RiskDetail, services.risk_change(by=person(request), risk=risk, **given))

    def _name_owner(self, given: dict[str, Any], team: int) -> None:
        if "owner" in given:
            given["owner"] = member_seen(self.request.user, team, given["owner"])

    @extend_schema(request=RateIn, responses={201: RatingOut})
    @action(detail=True, methods=["post"])
    def rate(self, request: Request, pk: str) -> Response:
        """Judge a risk anew."""
        risk, given = self.get_object(), self.accepted_input(RateIn)
        return self.answer(
            RatingOut, services.risk_rate(by=person(request), risk=risk, **given), status.HTTP_201_CREATED
        )

    @extend_schema(request=AcceptIn, responses=RiskDetail)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Live with a risk until it is looked at again. Decided by somebody who did not rate it."""
        risk, given = self.get_object(), self.accepted_input(AcceptIn)
        return self.answer(RiskDetail, services.risk_accept(by=person(request), risk=risk, **given))

    @extend_schema(request=Reason, responses=RiskDetail)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Say that a risk is gone."""
        risk, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(RiskDetail, services.risk_close(by=person(request), risk=risk, **given))

    @extend_schema(request=Reason, responses=RiskDetail)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Open a risk again."""
        risk, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(RiskDetail, services.risk_reopen(by=person(request), risk=risk, because=given["reason"]))

    @extend_schema(request=MarkIn, responses=ControlOut)
    @action(detail=True, methods=["post"], url_path="controls/(?P<control>[0-9]+)/mark")
    def mark(self, request: Request, pk: str, control: str) -> Response:
        """Say whether a control works that the platform does not check."""
        found = queries.control_seen(request.user, self.get_object(), int(control))
        given = self.accepted_input(MarkIn)
        return self.answer(ControlOut, services.control_mark(by=person(request), control=found, **given))

    @extend_schema(request=Reason, responses=ControlOut)
    @action(detail=True, methods=["post"], url_path="controls/(?P<control>[0-9]+)/remove")
    def remove(self, request: Request, pk: str, control: str) -> Response:
        """Take a control away. It stays on record."""
        found = queries.control_seen(request.user, self.get_object(), int(control))
        given = self.accepted_input(Reason)
        return self.answer(ControlOut, services.control_remove(by=person(request), control=found, **given))

    @extend_schema(
        parameters=[OpenApiParameter("kind", OpenApiTypes.STR, enum=list(RATINGS), description="default: residual")],
        responses=CellOut(many=True),
        filters=True,
    )
    @action(detail=False, pagination_class=None)
    def matrix(self, request: Request) -> Response:
        """How many risks stand in each field of likelihood and impact, of those that the filter lets through."""
        kind = INHERENT if request.query_params.get("kind") == INHERENT else RESIDUAL
        picture = queries.matrix(self.filter_queryset(self.get_queryset()), kind)
        return Response(CellOut([cell for _, _, cells in picture.rows for cell in cells], many=True).data)
