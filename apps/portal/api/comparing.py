"""The API that holds model versions side by side."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.portal.queries import comparing


class ComparedVersion(serializers.Serializer[object]):
    """One of the versions compared."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    stage = serializers.CharField()


class ComparedRow(serializers.Serializer[object]):
    """One thing compared; values and notes stand in the order of the versions."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    differs = serializers.BooleanField()
    values = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField(allow_blank=True))


class ComparedGroup(serializers.Serializer[object]):
    title = serializers.CharField()
    rows = ComparedRow(many=True)


class ComparisonOut(serializers.Serializer[object]):
    """Versions side by side, in parts; within each part what differs comes first."""

    versions = ComparedVersion(many=True)
    groups = ComparedGroup(many=True)


class CompareView(APIView):
    """Versions side by side: `model-versions-compared/?versions=1,2`."""

    @extend_schema(
        operation_id="model_versions_compare",
        parameters=[
            OpenApiParameter(
                "versions", str, required=True, description=f"up to {comparing.MOST_COMPARED} ids with commas between"
            )
        ],
        responses=ComparisonOut,
    )
    def get(self, request: Request) -> Response:
        """Facts, data, settings, scores, energy and licence, with a mark on every row that differs."""
        keys = comparing.keys_in(request.query_params.get("versions", ""))
        return Response(comparing.comparison_told(comparing.versions_compared(request.user, keys)))
