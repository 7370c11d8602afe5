"""The API of controls that the platform checks."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.checklist import services
from apps.core.serializing import Input
from apps.core.viewsets import SeenViewSet
from apps.risks.models import RiskControl
from apps.risks.queries import risks_seen_by


class ControlIn(Input):
    """What holds a risk down."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    rule = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="one line of a policy, such as `no conflict: licence`; the platform checks it from now on",
    )


class ControlNow(serializers.ModelSerializer[RiskControl]):
    """A control as it stands."""

    class Meta:
        model = RiskControl
        fields = ["id", "title", "description", "rule", "state", "found", "found_digest", "checked_at"]


class RiskControlViewSet(SeenViewSet):
    """Controls of risks, and checking them."""

    seen = staticmethod(risks_seen_by)
    serializer_class = ControlNow

    @extend_schema(operation_id="risks_controls_add", request=ControlIn, responses={201: ControlNow})
    @action(detail=True, methods=["post"])
    def controls(self, request: Request, pk: str) -> Response:
        """Add what holds a risk down. With a rule it is checked at once and from now on."""
        risk, given = self.get_object(), self.accepted_input(ControlIn)
        control = services.risk_control_add(by=person(request), risk=risk, **given)
        return self.answer(ControlNow, control, status.HTTP_201_CREATED)

    @extend_schema(operation_id="risks_check", request=None, responses=ControlNow(many=True))
    @action(detail=True, methods=["post"], pagination_class=None)
    def check(self, request: Request, pk: str) -> Response:
        """Check every control of the risk that has a rule."""
        controls = services.risk_controls_check(by=person(request), risk=self.get_object())
        return Response(ControlNow(controls, many=True, context=self.get_serializer_context()).data)
