"""Which query parameters a list of the API accepts."""

from typing import Any

from django import forms
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from apps.core.serializing import LARGEST_KEY, STATES

PAGING = frozenset({"cursor", "page_size", "format"})


class KnownParameters(BaseFilterBackend):
    """Refuses a query parameter that the list does not know: a misspelt filter must not answer with everything."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filters = getattr(view, "filterset_class", None)
        known = set(filters.base_filters) if filters else set()
        unknown = sorted(set(request.query_params) - known - PAGING)
        if unknown:
            choice = ", ".join(sorted(known | {"cursor", "page_size"}))
            raise ValidationError({name: [f"There is no such filter. Known: {choice}."] for name in unknown})
        return queryset


class KeyFilter(filters.NumberFilter):
    """Rows that point to the object with this id. An id that is not there finds nothing, whoever's it may be."""

    field_class = forms.IntegerField

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_KEY} | more)


class TeamFilter(filters.FilterSet):
    """Lists whose rows belong to a team."""

    team = KeyFilter(field_name="team_id")
    since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")


class RunFilter(TeamFilter):
    """Runs of one kind."""

    state = filters.ChoiceFilter(choices=STATES)
