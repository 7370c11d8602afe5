"""The API of experiments."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.core.filtering import TeamFilter
from apps.core.viewsets import ReadViewSet
from apps.tracking import queries, rules, services
from apps.tracking.api.shapes import ExperimentChange, ExperimentIn, ExperimentListed, ExperimentOut


class ExperimentFilter(TeamFilter):
    name = filters.CharFilter()
    name__icontains = filters.CharFilter(field_name="name", lookup_expr="icontains")
    lifecycle = filters.ChoiceFilter(choices=list(rules.LIFECYCLES.items()))


class ExperimentViewSet(ReadViewSet):
    """Experiments of the person's teams, deleted ones included."""

    seen = staticmethod(queries.experiments_listed_for)
    serializer_class = ExperimentListed
    filterset_class = ExperimentFilter

    @extend_schema(request=ExperimentIn, responses={201: ExperimentOut})
    def create(self, request: Request) -> Response:
        """Make an experiment."""
        given: dict[str, Any] = self.accepted_input(ExperimentIn)
        team = team_seen(request.user, given.pop("team"))
        made = services.experiment_create(by=person(request), team=team, **given)
        return self.answer(ExperimentOut, made, status.HTTP_201_CREATED)

    @extend_schema(request=ExperimentChange, responses=ExperimentOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give an experiment another name."""
        name = self.accepted_input(ExperimentChange)["name"]
        changed = services.experiment_rename(by=person(request), experiment=self.get_object(), name=name)
        return self.answer(ExperimentOut, changed)

    @extend_schema(request=None, responses=ExperimentOut)
    @action(detail=True, methods=["post"], url_path="delete")
    def remove(self, request: Request, pk: str) -> Response:
        """Take an experiment and its runs out of the lists; nothing is erased."""
        return self.answer(ExperimentOut, services.experiment_delete(by=person(request), experiment=self.get_object()))

    @extend_schema(request=None, responses=ExperimentOut)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring a deleted experiment back with the runs that went with it."""
        return self.answer(ExperimentOut, services.experiment_restore(by=person(request), experiment=self.get_object()))
