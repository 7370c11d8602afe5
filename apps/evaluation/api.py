"""The API of evaluations."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.catalog.queries import dataset_version_seen
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, Key, PlainObject, Reference, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet
from apps.evaluation import queries, services
from apps.evaluation.models import EvaluationRun, Score
from apps.registry.queries import version_seen


class ScoreOut(serializers.ModelSerializer[Score]):
    """One metric with its 95 % interval."""

    class Meta:
        model = Score
        fields = ["of", "metric", "value", "low", "high", "n"]


class EvaluationIn(Input):
    version = Key()
    dataset_version = Key()
    baseline = Key(required=False, allow_null=True, help_text="a version to measure beside it, row by row")
    config = PlainObject(required=False)


class EvaluationOut(RunSummary):
    version = Reference()
    baseline = Reference(allow_null=True)
    dataset_version = Reference()
    is_held_out = serializers.BooleanField(help_text="whether these rows were kept from the version's training")
    rows_digest = serializers.CharField()
    model_digest = serializers.CharField()
    scores = ScoreOut(many=True)


class EvaluationDetail(RunDetail, EvaluationOut):
    """An evaluation with its settings and what the engine returned. `examples` in its result, rows of the data with the
    answers given, is empty for those who may not read raw data; `examples_hidden` then says how many there are.
    """

    def to_representation(self, instance: EvaluationRun) -> dict[str, Any]:
        user = self.context["request"].user
        return super().to_representation(instance) | {"result": queries.evaluation_result(user, instance)}


class EvaluationFilter(RunFilter):
    version = KeyFilter(field_name="version_id")
    dataset_version = KeyFilter(field_name="dataset_version_id")
    is_held_out = filters.BooleanFilter()


class EvaluationViewSet(RunViewSet):
    """Evaluations of the person's teams."""

    seen = staticmethod(queries.evaluations_seen_by)
    serializer_class = EvaluationOut
    detail_class = EvaluationDetail
    filterset_class = EvaluationFilter

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related("scores")

    @extend_schema(request=EvaluationIn, responses={202: EvaluationOut})
    def create(self, request: Request) -> Response:
        """Queue a measurement of a version, and of a baseline beside it."""
        given, user = self.accepted_input(EvaluationIn), request.user
        given["version"] = version_seen(user, given["version"])
        given["dataset_version"] = dataset_version_seen(user, given["dataset_version"])
        if given.get("baseline"):
            given["baseline"] = version_seen(user, given["baseline"])
        run = services.evaluation_start(by=person(request), **given)
        return self.answer(EvaluationOut, run, status.HTTP_202_ACCEPTED)
