"""The API of drift measurements."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.catalog.queries import dataset_version_seen
from apps.core.filtering import KeyFilter, RunFilter
from apps.core.serializing import Input, Key, PlainObject, Reference, RunDetail, RunSummary
from apps.core.viewsets import RunViewSet
from apps.monitoring import queries, services
from apps.registry.queries import version_seen


class DriftIn(Input):
    version = Key()
    reference = Key(help_text="the dataset version that is fitted on")
    analysis = Key(help_text="the dataset version that is compared with it, chunk by chunk")
    config = PlainObject()
    is_own_traffic = serializers.BooleanField(default=False)
    opens_incident = serializers.BooleanField(
        default=False, help_text="alerts put an incident on record; only for data of the version's own use"
    )
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class DriftOut(RunSummary):
    version = Reference()
    reference = Reference()
    analysis = Reference()
    is_own_traffic = serializers.BooleanField()
    opens_incident = serializers.BooleanField()
    note = serializers.CharField()


class DriftDetail(RunDetail, DriftOut):
    """A drift measurement with every chunk's value."""


class DriftFilter(RunFilter):
    version = KeyFilter(field_name="version_id")
    is_own_traffic = filters.BooleanFilter()


class DriftViewSet(RunViewSet):
    """Drift measurements of the person's teams."""

    seen = staticmethod(queries.drifts_seen_by)
    serializer_class = DriftOut
    detail_class = DriftDetail
    filterset_class = DriftFilter

    @extend_schema(request=DriftIn, responses={202: DriftOut})
    def create(self, request: Request) -> Response:
        """Queue a comparison of observed data with the reference, chunk by chunk."""
        given, user = self.accepted_input(DriftIn), request.user
        given["version"] = version_seen(user, given["version"])
        for name in ("reference", "analysis"):
            given[name] = dataset_version_seen(user, given[name])
        return self.answer(DriftOut, services.drift_start(by=person(request), **given), status.HTTP_202_ACCEPTED)
