"""What the API's views share: reading what a person may see, and answering a write with what it made."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

Output = type[serializers.BaseSerializer[Any]]


class SeenViewSet(GenericViewSet[Any]):
    """Objects that the person may see; anything else is not there.

    `seen` is the app's query: it takes the person. `detail_class` shows one object, `serializer_class` one of many.
    """

    detail_class: ClassVar[Output | None] = None
    filterset_class: ClassVar[Any] = None
    lookup_value_regex = "[0-9]+"

    @staticmethod
    def seen(user: Any) -> QuerySet[Any]:
        """The rows that this person sees; each kind of object says which."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        return self.seen(self.request.user)

    def get_serializer_class(self) -> Output:
        if self.action == "retrieve" and self.detail_class is not None:
            return self.detail_class
        return super().get_serializer_class()

    def get_object(self) -> Any:
        """The object of the address. List filters do not apply to it."""
        found = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, found)
        return found

    def accepted_input(self, accepts: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked fields of the request's body."""
        checked = accepts(data=self.request.data, context=self.get_serializer_context())
        checked.is_valid(raise_exception=True)
        given: dict[str, Any] = checked.validated_data
        return given

    def answer(self, shows: Output, made: Any, code: int = status.HTTP_200_OK) -> Response:
        """What a write made, as `shows` shows it."""
        return Response(shows(made, context=self.get_serializer_context()).data, status=code)

    def listed(self, shows: Output, rows: QuerySet[Any]) -> Response:
        """One page of rows that belong to the object of the address."""
        page: Sequence[Any] = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(shows(page, many=True, context=self.get_serializer_context()).data)


class ReadViewSet(ListModelMixin, RetrieveModelMixin, SeenViewSet):
    """A list, and each of its objects."""


class RunViewSet(ReadViewSet):
    """Runs of one kind. Lists leave out what may be large: log and result."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows.defer("log", "result") if self.action == "list" else rows
