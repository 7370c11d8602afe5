"""What the API's serializers share: strict input, plain JSON, references to other objects, and runs of every kind."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core import rules
from apps.core.errors import Invalid
from apps.core.models import Run
from apps.core.plain import plain_object

STATES = [(state, state) for state in rules.MOVES]
LARGEST_KEY = 2**63 - 1


class Input(serializers.Serializer[Any]):
    """What a write accepts. Unknown fields are refused, so that a misspelt one is not silently without effect."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({str(name): ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class Key(serializers.IntegerField):
    """The id of an object."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_KEY} | more)


@extend_schema_field(OpenApiTypes.OBJECT)
class PlainObject(serializers.JSONField):
    """A JSON object within the bounds of `apps.core.plain`."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            return plain_object(super().to_internal_value(data), str(self.field_name))
        except Invalid as error:
            raise serializers.ValidationError(error.message) from error


@extend_schema_field(OpenApiTypes.OBJECT)
class JsonObject(serializers.JSONField):
    """A stored JSON object, to be read."""


class Reference(serializers.Serializer[Any]):
    """Another object, by id, with the words that people know it by."""

    id = serializers.IntegerField(source="pk")
    label = serializers.CharField(source="__str__")  # type: ignore[assignment] # a field of the answer


class RunSummary(serializers.Serializer[Any]):
    """One run of any kind, as lists show it and as starting one answers."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="where the run can be followed, cancelled and started again")
    state = serializers.ChoiceField(choices=STATES)
    progress = serializers.FloatField(help_text="0 to 1")
    message = serializers.CharField()
    team = serializers.IntegerField(source="team_id")
    created_by = Reference()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True, help_text="wall clock, from start to end or until now")
    attempts = serializers.IntegerField()
    max_attempts = serializers.IntegerField()
    energy_kwh = serializers.FloatField(allow_null=True)
    error_code = serializers.CharField()
    error = serializers.CharField()

    def get_url(self, run: Run) -> str:
        path = reverse("run-detail", args=[run.kind, run.pk])
        request = self.context.get("request")
        return request.build_absolute_uri(path) if request else path


class RunDetail(RunSummary):
    """One run with what went in, what came out and the end of its log."""

    queue = serializers.CharField()
    config = JsonObject()
    result = JsonObject(allow_null=True)
    log = serializers.CharField()
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    cancel_requested_at = serializers.DateTimeField(allow_null=True)


class Reason(Input):
    """Why something binding is done; it is kept in the trail."""

    reason = serializers.CharField(max_length=2_000)
