"""The API of what is due."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person
from apps.reminders.queries import dues_for
from apps.reminders.rules import KINDS


class DueOut(serializers.Serializer[Any]):
    """One thing that waits for the person."""

    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    number = serializers.IntegerField(
        help_text="id of the incident, duty, action, risk, waiver, assessment, assignment, remark or document version; "
        "0 tells how many assessments were not looked at for staleness"
    )
    title = serializers.CharField()
    team = serializers.CharField()
    page = serializers.CharField(help_text="path of its page on the portal")
    at = serializers.DateTimeField(allow_null=True, help_text="null: it waits without a day")


class DueView(APIView):
    """What is due for the person who asks."""

    @extend_schema(operation_id="reminders_list", responses=DueOut(many=True))
    def get(self, request: Request) -> Response:
        """Everything that is due within a month, the most pressing first."""
        return Response(DueOut(dues_for(person(request)), many=True).data)
