"""The API's view of what is odd about the answers of an assessment."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.checklist import queries
from apps.checklist.queries.quality import quality_of
from apps.checklist.rules.quality import CHECKS, SEVERITIES
from apps.core.serializing import Input
from apps.core.viewsets import SeenViewSet


class QualityIn(Input):
    severity = serializers.ChoiceField(required=False, choices=list(SEVERITIES.items()))
    check = serializers.ChoiceField(required=False, choices=[(one.id, one.title) for one in CHECKS.values()])


class QualityOut(serializers.Serializer[Any]):
    """What one check says about one question."""

    id = serializers.CharField(help_text="the lasting id of the check, such as QC-001")
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    title = serializers.CharField(source="check.title")
    question = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField(help_text="what to do")
    elsewhere = serializers.SerializerMethodField(help_text="the other answer, of a contradiction; null: none")

    def get_elsewhere(self, item: Any) -> dict[str, Any] | None:
        """The assessment and the question of the other answer."""
        return dict(zip(("assessment", "question"), item.elsewhere, strict=True)) if item.elsewhere else None


class AssessmentQualityViewSet(SeenViewSet):
    """What is odd about the answers of an assessment."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = QualityOut

    @extend_schema(operation_id="assessments_quality", parameters=[QualityIn], responses=QualityOut(many=True))
    @action(detail=True, pagination_class=None)
    def quality(self, request: Request, pk: str) -> Response:
        """Every check that found something, the gravest first."""
        wanted = QualityIn(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        assessment = self.get_object()
        found = quality_of(assessment, queries.present_view(assessment))
        chosen = found.chosen(wanted.validated_data.get("severity", ""), wanted.validated_data.get("check", ""))
        return Response(QualityOut(chosen, many=True).data)
