"""The API of imports from other MLflow servers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.core.filtering import RunFilter
from apps.core.serializing import Input, Key, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet
from apps.mlflow.queries import history_imports_seen_by, servers_offered
from apps.mlflow.services import history_request


class HistoryOut(RunSummary):
    """One import of a server's history."""

    address = serializers.CharField(help_text="of the server, without credentials")


class HistoryDetail(RunDetail, HistoryOut):
    """An import with its report: what came, what was here already, and what could not come with the reason."""


class HistoryIn(Input):
    """Credentials are none of it: the worker has those that its operator gave it."""

    team = Key(help_text="the team that gets it")
    address = serializers.CharField(max_length=300, help_text="one of `history-imports/servers/`")
    with_files = serializers.BooleanField(default=True, help_text="whether files of runs and logged models come too")


class ServerOut(serializers.Serializer[Any]):
    """A server that may be imported from."""

    address = serializers.CharField()


class HistoryImportViewSet(RunViewSet):
    """Imports of whole histories from other MLflow tracking servers."""

    seen = staticmethod(history_imports_seen_by)
    serializer_class = HistoryOut
    detail_class = HistoryDetail
    filterset_class = RunFilter

    @extend_schema(request=HistoryIn, responses={202: HistoryOut})
    def create(self, request: Request) -> Response:
        """Have a worker take a server's history over. Asked for again it goes on where it was; nothing comes twice."""
        given = self.accepted_input(HistoryIn)
        given["team"] = team_seen(request.user, given["team"])
        return self.answer(HistoryOut, history_request(by=person(request), **given), status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ServerOut(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None)
    def servers(self, request: Request) -> Response:
        """The servers that the operator of this portal lists for it."""
        return Response(ServerOut([{"address": one} for one in servers_offered()], many=True).data)
