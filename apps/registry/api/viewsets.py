"""The API's views of models, their versions, imports and tuning runs."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.queries import person, team_seen
from apps.catalog.queries import dataset_version_seen
from apps.catalog.rules.propagation import inheritance_told
from apps.catalog.rules.uses import intended_uses
from apps.core.filtering import KeyFilter, RunFilter, TeamFilter
from apps.core.serializing import Reason
from apps.core.viewsets import ReadViewSet, RunViewSet
from apps.registry import queries, services
from apps.registry.api.shapes import (
    ImportDetail,
    ImportIn,
    ImportOut,
    IntendedUseOut,
    LineageGraph,
    ModelDescribe,
    ModelDetail,
    ModelIn,
    ModelListed,
    ModelOut,
    RemovalOut,
    TermsOut,
    TuningDetail,
    TuningIn,
    TuningOut,
    VersionDetail,
    VersionOut,
)
from apps.registry.models import ModelVersion


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
    detail_class = ModelDetail
    filterset_class = ModelFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("created_by")

    @extend_schema(responses=ModelDetail)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One model; a removed one too, with who removed it, when and why."""
        known = queries.model_on_record(request.user, int(pk))
        listed = queries.models_listed_for(request.user, is_removed=known.deleted_at is not None)
        found: Any = listed.select_related("created_by").get(pk=known.pk)
        found.removal_shown = queries.removal_of_model(known)
        return self.answer(ModelDetail, found)

    @extend_schema(request=ModelIn, responses={201: ModelOut})
    def create(self, request: Request) -> Response:
        """Register a model's name."""
        given = self.accepted_input(ModelIn)
        given["team"] = team_seen(request.user, given["team"])
        model = services.model_create(by=person(request), **given)
        return self.answer(ModelOut, model, status.HTTP_201_CREATED)

    @extend_schema(request=ModelDescribe, responses=ModelOut)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str) -> Response:
        """Say what the model is meant for. Every version's terms are held against it; answers on them turn stale."""
        model, given = queries.model_seen(request.user, int(pk)), self.accepted_input(ModelDescribe)
        return self.answer(ModelOut, services.model_describe(by=person(request), model=model, **given))

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
        """One version; a removed one too, with who removed it, when and why."""
        return self._whole(queries.version_on_record(request.user, int(pk)))

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

    @extend_schema(responses=TermsOut)
    @action(detail=True, filterset_class=None)
    def licence(self, request: Request, pk: str) -> Response:
        """The strictest terms of the version, its data and its base models, each with the chain that brings it."""
        found = queries.model_licence_verdict(request.user, self.get_object())
        return self.answer(TermsOut, inheritance_told(found))

    def _whole(self, version: ModelVersion) -> Response:
        rows = queries.versions_on_record_for(self.request.user).prefetch_related("files")
        found: Any = rows.get(pk=version.pk)
        found.lineage_shown, found.alias_names = queries.lineage_of(found), queries.alias_names_of(found)
        found.removal_shown = queries.removal_of(found)
        return self.answer(VersionDetail, found)


class RemovalFilter(TeamFilter):
    model = KeyFilter(field_name="model_id")
    version = KeyFilter(field_name="version_id")
    is_restored = filters.BooleanFilter(field_name="restored_at", lookup_expr="isnull", exclude=True)


class RemovalViewSet(ReadViewSet):
    """Models and versions that were taken out of every list: by whom, when and why, and who brought them back."""

    seen = staticmethod(queries.removals_seen_by)
    serializer_class = RemovalOut
    filterset_class = RemovalFilter


class IntendedUseView(APIView):
    """What a model may be meant for: `intended-uses/`."""

    @extend_schema(operation_id="intended_uses_list", responses=IntendedUseOut(many=True))
    def get(self, request: Request) -> Response:
        """Every code, with what choosing it means."""
        return Response(IntendedUseOut(list(intended_uses().values()), many=True).data)


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
