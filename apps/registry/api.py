"""The API of models, their versions, imports and tuning runs."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person, team_seen
from apps.catalog.queries import dataset_version_seen
from apps.core.filtering import KeyFilter, RunFilter, TeamFilter
from apps.core.serializing import Input, JsonObject, Key, PlainObject, Reason, Reference, RunDetail, RunSummary
from apps.core.viewsets import ReadViewSet, RunViewSet
from apps.registry import queries, services
from apps.registry.models import LineageLink, ModelFile, ModelVersion, RegisteredModel


class ModelOut(serializers.ModelSerializer[RegisteredModel]):
    team = Reference()
    created_by = Reference()

    class Meta:
        model = RegisteredModel
        fields = ["id", "team", "name", "description", "intended_purpose", "created_by", "created_at"]


class ModelListed(ModelOut):
    """A model with its latest version."""

    latest_id = serializers.IntegerField(allow_null=True)
    latest_number = serializers.IntegerField(allow_null=True)
    latest_stage = serializers.CharField(allow_null=True)

    class Meta(ModelOut.Meta):
        fields = [*ModelOut.Meta.fields, "latest_id", "latest_number", "latest_stage"]


class ModelIn(Input):
    team = Key()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    intended_purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class FileOut(serializers.ModelSerializer[ModelFile]):
    class Meta:
        model = ModelFile
        fields = ["path", "digest", "size"]


class LineageOut(serializers.ModelSerializer[LineageLink]):
    """One thing that a version was made from or with; exactly one of the three references is set."""

    base_version = Reference(allow_null=True)
    dataset_version = Reference(allow_null=True)
    tuning_run = Reference(allow_null=True)

    class Meta:
        model = LineageLink
        fields = ["relation", "base_version", "dataset_version", "tuning_run", "created_at"]


class VersionOut(serializers.ModelSerializer[ModelVersion]):
    """One set of weights and files, and the stage that people decided on."""

    model = Reference()
    team = serializers.IntegerField(source="team_id")
    created_by = Reference()
    is_deployable = serializers.BooleanField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "model",
            "team",
            "number",
            "stage",
            "is_deployable",
            "source",
            "description",
            "architecture",
            "parameters",
            "licence",
            "relation",
            "manifest_digest",
            "size",
            "approved_digest",
            "approved_at",
            "created_by",
            "created_at",
        ]


class VersionDetail(VersionOut):
    facts = JsonObject()
    files = FileOut(many=True)
    lineage = LineageOut(many=True, source="lineage_shown")

    class Meta(VersionOut.Meta):
        fields = [*VersionOut.Meta.fields, "facts", "files", "lineage"]


class LineageGraph(serializers.Serializer[Any]):
    """What a version was made from, and every version it descends from, nearest first."""

    links = LineageOut(many=True)
    ancestors = VersionOut(many=True)


class ImportIn(Input):
    """Where the files are: a folder that the worker may read, or a hub id such as `organisation/model`."""

    source = serializers.CharField(max_length=500)  # type: ignore[assignment] # a field of the request
    licence = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    trained_on = serializers.ListField(child=Key(), required=False, max_length=100, help_text="dataset versions")


class ImportOut(RunSummary):
    version = Reference()


class ImportDetail(RunDetail, ImportOut):
    """An import with what was read from the files."""


class TuningIn(Input):
    base_version = Key()
    dataset_version = Key()
    output_model = Key(help_text="the model that gets the tuned version as its next")
    config = PlainObject(required=False)


class TuningOut(RunSummary):
    base_version = Reference()
    dataset_version = Reference()
    output_model = serializers.IntegerField(source="output_model_id")
    output_version = Reference(allow_null=True)


class TuningDetail(RunDetail, TuningOut):
    """A tuning run with its settings, environment, energy and losses."""

    held_out_digest = serializers.CharField()


class ModelFilter(TeamFilter):
    name = filters.CharFilter()
    name__icontains = filters.CharFilter(field_name="name", lookup_expr="icontains")


class VersionFilter(TeamFilter):
    model = KeyFilter(field_name="model_id")
    stage = filters.ChoiceFilter(choices=ModelVersion.Stage.choices)
    manifest_digest = filters.CharFilter()


class ImportFilter(RunFilter):
    version = KeyFilter(field_name="version_id")


class TuningFilter(RunFilter):
    base_version = KeyFilter(field_name="base_version_id")
    dataset_version = KeyFilter(field_name="dataset_version_id")
    output_model = KeyFilter(field_name="output_model_id")
    output_version = KeyFilter(field_name="output_version_id")


class ModelViewSet(ReadViewSet):
    """Models of the person's teams, and those shared with them."""

    seen = staticmethod(queries.models_listed_for)
    serializer_class = ModelListed
    filterset_class = ModelFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("created_by")

    @extend_schema(request=ModelIn, responses={201: ModelOut})
    def create(self, request: Request) -> Response:
        """Register a model's name."""
        given = self.accepted_input(ModelIn)
        given["team"] = team_seen(request.user, given["team"])
        model = services.model_create(by=person(request), **given)
        return self.answer(ModelOut, model, status.HTTP_201_CREATED)

    @extend_schema(operation_id="models_versions_list", responses=VersionOut(many=True))
    @action(detail=True, filterset_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """The versions of one model."""
        return self.listed(VersionOut, queries.versions_seen_by(request.user).filter(model=self.get_object()))

    @extend_schema(operation_id="models_versions_import", request=ImportIn, responses={202: ImportOut})
    @versions.mapping.post
    def version_import(self, request: Request, pk: str) -> Response:
        """Make the next version; a worker fetches and checks the files."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(ImportIn)
        given["trained_on"] = [dataset_version_seen(request.user, key) for key in given.get("trained_on", [])]
        run = services.version_import(by=person(request), model=model, **given)
        return self.answer(ImportOut, run, status.HTTP_202_ACCEPTED)


class VersionViewSet(ReadViewSet):
    """Versions of every model that the person sees."""

    seen = staticmethod(queries.versions_seen_by)
    serializer_class = VersionOut
    detail_class = VersionDetail
    filterset_class = VersionFilter

    @extend_schema(responses=VersionDetail)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._whole(self.get_object())

    @extend_schema(request=None, responses=VersionDetail)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: str) -> Response:
        """Make a draft a candidate: it now waits for its checklist and a sign-off."""
        return self._whole(services.version_propose(by=person(request), version=self.get_object()))

    @extend_schema(request=Reason, responses=VersionDetail)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take a version out of use for good."""
        version, given = self.get_object(), self.accepted_input(Reason)
        return self._whole(services.version_retire(by=person(request), version=version, **given))

    @extend_schema(responses=LineageGraph)
    @action(detail=True, filterset_class=None)
    def lineage(self, request: Request, pk: str) -> Response:
        """What a version was made from, and the versions it descends from that the person sees."""
        version = self.get_object()
        kin = [ancestor.pk for ancestor in queries.ancestors_of(version)]
        seen = {ancestor.pk: ancestor for ancestor in queries.versions_seen_by(request.user).filter(pk__in=kin)}
        graph = {"links": queries.lineage_of(version), "ancestors": [seen[pk] for pk in kin if pk in seen]}
        return self.answer(LineageGraph, graph)

    def _whole(self, version: ModelVersion) -> Response:
        found = self.get_queryset().prefetch_related("files").get(pk=version.pk)
        found.lineage_shown = queries.lineage_of(found)
        return self.answer(VersionDetail, found)


class ImportViewSet(RunViewSet):
    """Imports of the person's teams."""

    seen = staticmethod(queries.imports_seen_by)
    serializer_class = ImportOut
    detail_class = ImportDetail
    filterset_class = ImportFilter


class TuningViewSet(RunViewSet):
    """Tuning runs of the person's teams."""

    seen = staticmethod(queries.tunings_seen_by)
    serializer_class = TuningOut
    detail_class = TuningDetail
    filterset_class = TuningFilter

    @extend_schema(request=TuningIn, responses={202: TuningOut})
    def create(self, request: Request) -> Response:
        """Queue a LoRA fine-tuning."""
        given, user = self.accepted_input(TuningIn), request.user
        given["base_version"] = queries.version_seen(user, given["base_version"])
        given["dataset_version"] = dataset_version_seen(user, given["dataset_version"])
        given["output_model"] = queries.model_seen(user, given["output_model"])
        return self.answer(TuningOut, services.tuning_start(by=person(request), **given), status.HTTP_202_ACCEPTED)
