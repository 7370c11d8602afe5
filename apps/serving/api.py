"""The API of deployments and the applications that call them."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Input, Key, Reason, Reference, RunSummary
from apps.core.viewsets import ReadViewSet, SeenViewSet
from apps.registry.queries import version_seen
from apps.serving import queries, services
from apps.serving.models import Application, Deployment
from apps.serving.rules import STATES


class ServingOut(RunSummary):
    """The supervised process behind a deployment."""

    ready_at = serializers.DateTimeField(allow_null=True)


class ApplicationOut(serializers.ModelSerializer[Application]):
    """A program that calls a deployment, and whether its owner acknowledged that it uses generative AI."""

    deployment = serializers.IntegerField(source="deployment_id")
    acknowledged_by = Reference(allow_null=True)

    class Meta:
        model = Application
        fields = [
            "id",
            "deployment",
            "name",
            "contact",
            "statement",
            "acknowledged_by",
            "acknowledged_at",
            "created_at",
        ]


class DeploymentOut(serializers.ModelSerializer[Deployment]):
    """One approved model version made callable for a purpose."""

    team = Reference()
    version = Reference()
    created_by = Reference()
    state = serializers.SerializerMethodField()
    run = serializers.SerializerMethodField()
    applications = ApplicationOut(many=True)

    class Meta:
        model = Deployment
        fields = [
            "id",
            "team",
            "version",
            "name",
            "environment",
            "purpose",
            "state",
            "created_by",
            "created_at",
            "stopped_at",
            "run",
            "applications",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=list(STATES.items())))
    def get_state(self, deployment: Deployment) -> str:
        return queries.state_of(deployment)

    @extend_schema_field(ServingOut(allow_null=True))
    def get_run(self, deployment: Deployment) -> Any:
        run = queries.newest_run(deployment)
        return ServingOut(run, context=self.context).data if run else None


class DeploymentIn(Input):
    version = Key()
    name = serializers.CharField(max_length=120)
    environment = serializers.CharField(max_length=60, help_text="where it runs, for example: internal test")
    purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class QuestionIn(Input):
    question = serializers.CharField(max_length=20_000)
    max_tokens = serializers.IntegerField(default=64, min_value=1, max_value=4_096)


class ApplicationIn(Input):
    name = serializers.CharField(max_length=120)
    contact = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="a role or a mailbox, not a person"
    )
    statement = serializers.CharField(
        max_length=20_000, required=False, allow_blank=True, help_text="how the application tells its users"
    )


class StatementIn(Input):
    statement = serializers.CharField(max_length=20_000, help_text="how the application tells its users")


class DeploymentFilter(TeamFilter):
    version = KeyFilter(field_name="version_id")
    environment = filters.CharFilter()
    is_stopped = filters.BooleanFilter(field_name="stopped_at", lookup_expr="isnull", exclude=True)


class DeploymentViewSet(ReadViewSet):
    """Deployments of the person's teams."""

    seen = staticmethod(queries.deployments_seen_by)
    serializer_class = DeploymentOut
    filterset_class = DeploymentFilter

    @extend_schema(request=DeploymentIn, responses={202: DeploymentOut})
    def create(self, request: Request) -> Response:
        """Deploy an approved version; a worker starts and supervises its process."""
        given = self.accepted_input(DeploymentIn)
        given["version"] = version_seen(request.user, given["version"])
        made = services.deployment_start(by=person(request), **given)
        return self._whole(made, status.HTTP_202_ACCEPTED)

    @extend_schema(request=Reason, responses=DeploymentOut)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Stop a deployment; its process ends within a few seconds."""
        deployment, given = self.get_object(), self.accepted_input(Reason)
        return self._whole(services.deployment_stop(by=person(request), deployment=deployment, **given))

    @extend_schema(request=QuestionIn, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        """Ask the deployed model. Answers with its chat completion, in OpenAI's form; what is said is not kept."""
        deployment, given = self.get_object(), self.accepted_input(QuestionIn)
        return Response(services.deployment_ask(by=person(request), deployment=deployment, **given))

    @extend_schema(operation_id="deployments_applications_list", responses=ApplicationOut(many=True))
    @action(detail=True, filterset_class=None)
    def applications(self, request: Request, pk: str) -> Response:
        """The applications that call one deployment."""
        rows = queries.applications_seen_by(request.user).filter(deployment=self.get_object())
        return self.listed(ApplicationOut, rows)

    @extend_schema(
        operation_id="deployments_applications_create", request=ApplicationIn, responses={201: ApplicationOut}
    )
    @applications.mapping.post
    def application_add(self, request: Request, pk: str) -> Response:
        """Name a program that calls the deployment."""
        deployment, given = self.get_object(), self.accepted_input(ApplicationIn)
        made = services.application_add(by=person(request), deployment=deployment, **given)
        return self.answer(ApplicationOut, made, status.HTTP_201_CREATED)

    def _whole(self, deployment: Deployment, code: int = status.HTTP_200_OK) -> Response:
        return self.answer(DeploymentOut, queries.deployment_seen(self.request.user, deployment.pk), code)


class ApplicationViewSet(SeenViewSet):
    """Applications that call a deployment the person sees."""

    seen = staticmethod(queries.applications_seen_by)
    serializer_class = ApplicationOut

    @extend_schema(request=StatementIn, responses=ApplicationOut)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Record that the owner knows that it uses generative AI, and how its users are told."""
        application, given = self.get_object(), self.accepted_input(StatementIn)
        made = services.application_acknowledge(by=person(request), application=application, **given)
        return self.answer(ApplicationOut, made)
