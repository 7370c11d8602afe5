"""The API of repeated tunings: start one, follow it, read what it showed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, Key, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet
from apps.registry import queries, services
from apps.registry.rules.recreation import OUTCOMES


class RecreationIn(Input):
    tuning_run = Key(help_text="the finished tuning run to repeat")


class RecreationOut(RunSummary):
    tuning_run = serializers.IntegerField(source="tuning_id")
    outcome = serializers.SerializerMethodField(help_text=f"{', '.join(OUTCOMES)}; empty until it has ended")
    because = serializers.SerializerMethodField()

    def get_outcome(self, run: Any) -> str:
        return str((run.result or {}).get("outcome", ""))

    def get_because(self, run: Any) -> str:
        return str((run.result or {}).get("because", ""))


class RecreationDetail(RunDetail, RecreationOut):
    """A repetition with both runs' figures, the distance of their weights, and what differs in the environment."""


class RecreationFilter(RunFilter):
    tuning_run = KeyFilter(field_name="tuning_id")


class RecreationViewSet(RunViewSet):
    """Repetitions of tuning runs of the person's teams."""

    seen = staticmethod(queries.recreations_seen_by)
    serializer_class = RecreationOut
    detail_class = RecreationDetail
    filterset_class = RecreationFilter

    @extend_schema(request=RecreationIn, responses={202: RecreationOut})
    def create(self, request: Request) -> Response:
        """Repeat a tuning from its recorded inputs on a worker, and compare weights and losses."""
        tuning = queries.tuning_seen(request.user, self.accepted_input(RecreationIn)["tuning_run"])
        run = services.recreation_start(by=person(request), tuning=tuning)
        return self.answer(RecreationOut, run, status.HTTP_202_ACCEPTED)
