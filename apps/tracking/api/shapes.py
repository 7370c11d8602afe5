"""What the API of experiments, runs and logged models accepts and shows."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.serializing import Input, JsonObject, Key, Reference
from apps.tracking import rules
from apps.tracking.models import Experiment, LoggedModel, RunInput, TrackingRun
from apps.tracking.rules.values import number_shown


class ExperimentOut(serializers.ModelSerializer[Experiment]):
    team = Reference()
    created_by = Reference()

    class Meta:
        model = Experiment
        fields = ["id", "team", "name", "lifecycle", "tags", "created_by", "created_at", "updated_at"]


class ExperimentListed(ExperimentOut):
    """An experiment with its number of runs, and when the newest of them began."""

    run_count = serializers.IntegerField(allow_null=True)
    last_run_at = serializers.DateTimeField(allow_null=True)

    class Meta(ExperimentOut.Meta):
        fields = [*ExperimentOut.Meta.fields, "run_count", "last_run_at"]


class ExperimentIn(Input):
    team = Key()
    name = serializers.CharField(max_length=rules.LONGEST_NAME)
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class ExperimentChange(Input):
    name = serializers.CharField(max_length=rules.LONGEST_NAME)


class TrackingRunOut(serializers.ModelSerializer[TrackingRun]):
    """A run as lists show it."""

    id = serializers.CharField(source="uuid", help_text="32 hexadecimal digits, as MLflow's clients know it")
    experiment = Reference()
    created_by = Reference()

    class Meta:
        model = TrackingRun
        fields = [
            "id", "experiment", "name", "state", "lifecycle", "started_at", "ended_at", "created_by",
        ]  # fmt: skip


@extend_schema_field(OpenApiTypes.ANY)
class Number(serializers.Field[Any, Any, Any, Any]):
    """A number; what is none or endless comes as the word NaN, Infinity or -Infinity."""

    def to_representation(self, value: Any) -> float | str:
        return number_shown(value.value, is_nan=value.is_nan)


class ReadingOut(serializers.Serializer[Any]):
    """One reading of a metric."""

    key = serializers.CharField()
    value = Number(source="*")
    step = serializers.IntegerField()
    timestamp = serializers.IntegerField(help_text="milliseconds since 1970")


class RunInputOut(serializers.ModelSerializer[RunInput]):
    """Data that a run read, and the dataset version here that it is, where its digest is known."""

    dataset_version = Reference(allow_null=True)

    class Meta:
        model = RunInput
        fields = ["name", "digest", "source_type", "source", "tags", "dataset_version"]


class RunModelOut(serializers.Serializer[Any]):
    """A logged model that came out of a run, or went in."""

    model_id = serializers.CharField(source="logged_model.model_id")
    name = serializers.CharField(source="logged_model.name")
    is_input = serializers.BooleanField()
    step = serializers.IntegerField()


class TrackingRunDetail(TrackingRunOut):
    """A run with the last reading of every metric and all else that it logged."""

    metrics = ReadingOut(many=True)
    params = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()
    inputs = RunInputOut(many=True)
    models = RunModelOut(many=True, source="model_links")

    class Meta(TrackingRunOut.Meta):
        fields = [*TrackingRunOut.Meta.fields, "metrics", "params", "tags", "inputs", "models"]

    @extend_schema_field(JsonObject)
    def get_params(self, run: TrackingRun) -> dict[str, str]:
        return {row.key: row.value for row in run.params.all()}

    @extend_schema_field(JsonObject)
    def get_tags(self, run: TrackingRun) -> dict[str, str]:
        return {row.key: row.value for row in run.tags.all()}


class TrackingRunIn(Input):
    experiment = Key()
    name = serializers.CharField(max_length=250, required=False, allow_blank=True)
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class TrackingRunChange(Input):
    """What is left out stays."""

    state = serializers.ChoiceField(choices=list(rules.RUN_STATES.items()), required=False)
    name = serializers.CharField(max_length=250, required=False)
    ended_at = serializers.DateTimeField(required=False)


class ReadingIn(Input):
    key = serializers.CharField(max_length=rules.LONGEST_KEY)
    value = serializers.JSONField(help_text='a number, or "NaN", "Infinity", "-Infinity"')
    timestamp = serializers.IntegerField(help_text="milliseconds since 1970")
    step = serializers.IntegerField(required=False)


class RunLogIn(Input):
    """A batch: all of it is kept, or nothing."""

    metrics = ReadingIn(many=True, required=False)
    params = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class RunSearchIn(Input):
    """A search in the grammar of MLflow's clients."""

    experiments = serializers.ListField(child=Key(), required=False, max_length=1000, help_text="default: all you see")
    filter = serializers.CharField(
        required=False, allow_blank=True, help_text="metrics.loss < 0.5 AND params.lr = '0.1' AND tags.kind LIKE 'a%'"
    )
    order_by = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=10, help_text='"metrics.loss ASC"'
    )
    lifecycle = serializers.CharField(required=False, help_text="active (default), deleted or all")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=500)
    page_token = serializers.CharField(required=False, allow_blank=True)


class RunsFound(serializers.Serializer[Any]):
    """One page of what a search found; the token asks for the next."""

    results = TrackingRunDetail(many=True)
    next_page_token = serializers.CharField(allow_null=True)


class TrackedEntry(serializers.Serializer[Any]):
    """A file with its size in bytes and SHA-256, or a folder."""

    path = serializers.CharField()
    is_folder = serializers.BooleanField()
    size = serializers.IntegerField()
    digest = serializers.CharField()


class LoggedModelOut(serializers.ModelSerializer[LoggedModel]):
    id = serializers.CharField(source="model_id", help_text="m- and 32 hexadecimal digits")
    experiment = Reference()
    run = serializers.CharField(source="run.uuid", allow_null=True, default=None)
    created_by = Reference()

    class Meta:
        model = LoggedModel
        fields = [
            "id", "experiment", "run", "name", "model_type", "state", "params", "tags", "created_by", "created_at",
            "updated_at",
        ]  # fmt: skip
