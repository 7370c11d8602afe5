"""The API by which models and versions are taken out of every list and brought back.

It stands above the API of models, because what runs is asked first: a deployment knows versions, never the other way.
"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.serializing import Reason, Reference
from apps.core.viewsets import SeenViewSet
from apps.registry.queries import models_on_record_for, versions_on_record_for
from apps.registry.services import model_restore, version_restore
from apps.serving.services import model_remove, version_remove


class StandingOut(Reference):
    """Whether a model or a version is in use. `removals/` tells who removed it, and why."""

    removed_at = serializers.DateTimeField(source="deleted_at", allow_null=True, help_text="null: it is in use")


class ModelRemovalViewSet(SeenViewSet):
    """Taking a model out of every list, and bringing it back."""

    seen = staticmethod(models_on_record_for)
    serializer_class = StandingOut

    @extend_schema(request=Reason, responses=StandingOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request: Request, pk: str) -> Response:
        """Take a model with its versions out of every list. Nothing is erased. 409 while one is deployed, works in a
        system or carries a protected alias."""
        model, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(StandingOut, model_remove(by=person(request), model=model, **given))

    @extend_schema(request=Reason, responses=StandingOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def restore(self, request: Request, pk: str) -> Response:
        """Bring a removed model back with the versions that went with it, without its aliases. 409 where another model
        carries its name by now."""
        model, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(StandingOut, model_restore(by=person(request), model=model, **given))


class VersionRemovalViewSet(SeenViewSet):
    """Taking a version out of every list, and bringing it back."""

    seen = staticmethod(versions_on_record_for)
    serializer_class = StandingOut

    @extend_schema(request=Reason, responses=StandingOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request: Request, pk: str) -> Response:
        """Take a version out of every list. Nothing is erased. 409 while it is deployed, works in a system or carries
        a protected alias."""
        version, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(StandingOut, version_remove(by=person(request), version=version, **given))

    @extend_schema(request=Reason, responses=StandingOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def restore(self, request: Request, pk: str) -> Response:
        """Bring a removed version back as it was, without its aliases. 409 while its whole model is removed."""
        version, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(StandingOut, version_restore(by=person(request), version=version, **given))
