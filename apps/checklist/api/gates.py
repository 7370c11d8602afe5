"""The API of gates: the explained gate, every decision with its inputs, and the policies of teams."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person, team_seen
from apps.checklist import queries, services
from apps.checklist.api.gate_shapes import (
    DecisionOut,
    GateNow,
    GatePolicyIn,
    GatePolicyOut,
    PolicyPreviewIn,
    PolicyPreviewOut,
)
from apps.checklist.queries.explaining import gate_explained, preview_told
from apps.checklist.queries.policies import policies_seen_by
from apps.checklist.queries.previewing import policy_preview
from apps.checklist.services.policies import policy_checked
from apps.core.errors import NotFound
from apps.core.filtering import TeamFilter
from apps.core.serializing import Reason
from apps.core.viewsets import ReadViewSet, SeenViewSet
from apps.registry.queries import version_seen


class AssessmentGateViewSet(SeenViewSet):
    """The gate of an assessment, and the decisions that were taken on it."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = DecisionOut

    @extend_schema(responses=GateNow)
    @action(detail=True, pagination_class=None)
    def gate(self, request: Request, pk: str) -> Response:
        """Whether the version may be approved at this moment, rule by rule."""
        return self.answer(GateNow, gate_explained(queries.present_view(self.get_object())))

    @extend_schema(responses=DecisionOut(many=True))
    @action(detail=True)
    def decisions(self, request: Request, pk: str) -> Response:
        """Every decision on the assessment with the exact inputs that it was taken on, the newest first."""
        rows = queries.sign_offs_seen_by(request.user).filter(assessment=self.get_object())
        return self.listed(DecisionOut, rows.order_by("-decided_at", "-pk"))


class VersionGateView(APIView):
    """The gate of one model version: `model-versions/{id}/gate/`."""

    @extend_schema(operation_id="model_versions_gate", responses=GateNow)
    def get(self, request: Request, pk: int) -> Response:
        """Whether the version may be approved at this moment, by the GenAIOps checklist."""
        assessment = queries.assessment_of(version_seen(request.user, pk))
        if assessment is None:
            raise NotFound("This version has no checklist yet.", code="assessment.missing", remedy="Open one first.")
        return Response(GateNow(gate_explained(queries.present_view(assessment))).data)


class GatePolicyFilter(TeamFilter):
    name = filters.CharFilter()
    is_current = filters.BooleanFilter()


class GatePolicyViewSet(ReadViewSet):
    """Every revision of the policies of the gate that the person's teams have set."""

    seen = staticmethod(policies_seen_by)
    serializer_class = GatePolicyOut
    filterset_class = GatePolicyFilter

    @extend_schema(request=GatePolicyIn, responses={201: GatePolicyOut})
    def create(self, request: Request) -> Response:
        """Set a team's policy: the first revision of this name, or the next."""
        given = self.accepted_input(GatePolicyIn)
        team = team_seen(request.user, given.pop("team"))
        made = services.policy_set(by=person(request), team=team, **given)
        return self.answer(GatePolicyOut, made, status.HTTP_201_CREATED)

    @extend_schema(request=PolicyPreviewIn, responses=PolicyPreviewOut)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What the gate of the team's versions would say under a policy, as if it were set. Nothing is written."""
        given = self.accepted_input(PolicyPreviewIn)
        team, policy = team_seen(request.user, given["team"]), policy_checked(given["text"])
        found = policy_preview(request.user, team, given["name"], policy)
        return self.answer(PolicyPreviewOut, preview_told(found))

    @extend_schema(request=Reason, responses=GatePolicyOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Let the policy hold for nothing any more; that is a revision too."""
        given = self.accepted_input(Reason)
        return self.answer(
            GatePolicyOut, services.policy_withdraw(by=person(request), policy=self.get_object(), **given)
        )
