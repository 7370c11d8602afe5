"""The API's views of frameworks, and of moving an assessment to a newer version of its framework."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from apps.accounts.queries import person
from apps.checklist import queries, services
from apps.checklist.api.framework_shapes import (
    ChangeReportOut,
    FrameworkChangesIn,
    FrameworkIn,
    FrameworkListed,
    FrameworkOut,
    FrameworkVersionIn,
    FrameworkVersionOut,
    ScoredOut,
    ScoresIn,
)
from apps.checklist.queries.frameworks import framework_seen_versions, framework_text
from apps.checklist.queries.scoring import comparison
from apps.checklist.queries.upgrades import report_between, upgrade_report
from apps.core.viewsets import SeenViewSet


def _checked(accepts: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    given = accepts(data=data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class FrameworkViewSet(ViewSet):
    """The frameworks that come with this installation, and those that people loaded."""

    lookup_field = "urn"
    lookup_value_regex = "urn:[^/]+"

    @extend_schema(responses=FrameworkListed(many=True))
    def list(self, request: Request) -> Response:
        """The newest version of every framework."""
        return Response(FrameworkListed(queries.frameworks(), many=True).data)

    @extend_schema(parameters=[FrameworkVersionIn], responses=FrameworkOut)
    def retrieve(self, request: Request, urn: str) -> Response:
        """One framework with its questions: the newest version, or the one that an assessment was made with."""
        asked = _checked(FrameworkVersionIn, request.query_params)
        return Response(FrameworkOut(queries.framework(urn, asked.get("version"))).data)

    @extend_schema(request=FrameworkIn, responses={201: FrameworkOut})
    def create(self, request: Request) -> Response:
        """Load a framework, or its next version, for everybody on this site."""
        row = services.framework_load(by=person(request), **_checked(FrameworkIn, request.data))
        return Response(FrameworkOut(queries.framework(row.urn, row.version)).data, status.HTTP_201_CREATED)

    @extend_schema(operation_id="frameworks_check", request=FrameworkIn, responses=FrameworkOut)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """What loading this file would bring, with nothing written."""
        given = {"name": "framework.yaml"} | _checked(FrameworkIn, request.data)
        return Response(FrameworkOut(services.framework_checked(by=person(request), **given)).data)

    @extend_schema(operation_id="frameworks_versions", responses=FrameworkVersionOut(many=True))
    @action(detail=True)
    def versions(self, request: Request, urn: str) -> Response:
        """Every version of a framework, the newest first, and who loaded it."""
        return Response(FrameworkVersionOut(framework_seen_versions(urn), many=True).data)

    @extend_schema(
        operation_id="frameworks_file", parameters=[FrameworkVersionIn], responses={(200, "application/yaml"): str}
    )
    @action(detail=True)
    def file(self, request: Request, urn: str) -> HttpResponse:
        """The file of one version, word for word, to keep or to start one's own from."""
        asked = _checked(FrameworkVersionIn, request.query_params)
        text = framework_text(queries.framework(urn, asked.get("version")))
        return HttpResponse(text, content_type="application/yaml; charset=utf-8")

    @extend_schema(operation_id="frameworks_changes", parameters=[FrameworkChangesIn], responses=ChangeReportOut)
    @action(detail=True)
    def changes(self, request: Request, urn: str) -> Response:
        """What changed from one version of a framework to a later one, question by question."""
        asked = _checked(FrameworkChangesIn, request.query_params)
        return Response(ChangeReportOut(report_between(urn, asked["before"], asked["after"])).data)

    @extend_schema(operation_id="frameworks_scores", parameters=[ScoresIn], responses=ScoredOut(many=True))
    @action(detail=True)
    def scores(self, request: Request, urn: str) -> Response:
        """Assessments that the person sees against one version of a rubric, with their exact scores."""
        asked = _checked(ScoresIn, request.query_params)
        used = queries.framework(urn, asked.get("version"))
        found = comparison(request.user, used, asked.get("of", ()))
        return Response(ScoredOut(found.columns, many=True).data)


class AssessmentUpgradeViewSet(SeenViewSet):
    """Moving an assessment to a newer version of its framework."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = ChangeReportOut

    @extend_schema(
        operation_id="assessments_upgrade_report", parameters=[FrameworkVersionIn], responses=ChangeReportOut
    )
    @action(detail=True)
    def upgrade(self, request: Request, pk: str) -> Response:
        """What moving to a newer version would change."""
        asked = _checked(FrameworkVersionIn, request.query_params)
        return self.answer(ChangeReportOut, upgrade_report(self.get_object(), asked.get("version")))

    @extend_schema(operation_id="assessments_upgrade", request=FrameworkVersionIn, responses=ChangeReportOut)
    @upgrade.mapping.post
    def upgrade_do(self, request: Request, pk: str) -> Response:
        """Move to a newer version (the newest). No answer is lost; the assessment opens again."""
        given = self.accepted_input(FrameworkVersionIn)
        report = services.assessment_upgrade(by=person(request), assessment=self.get_object(), **given)
        return self.answer(ChangeReportOut, report)
