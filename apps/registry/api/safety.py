"""The API of held files, of looks into files, of checks of what is stored, and of signatures."""

from typing import Any

from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.core.filtering import KeyFilter, RunFilter, TeamFilter
from apps.core.serializing import Input, Key, Reason, Reference, RunDetail, RunSummary
from apps.core.viewsets import ReadViewSet, RunViewSet, SeenViewSet
from apps.registry import queries, services
from apps.registry.models import HeldFile, ModelVersion, VersionSignature
from apps.registry.rules import HELD_STATES
from apps.registry.rules.safety import SEVERITIES


class FindingOut(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    what = serializers.CharField()
    where = serializers.CharField(help_text="the member of an archive; empty: the file itself")


class HeldFileOut(serializers.ModelSerializer[HeldFile]):
    version = Reference()
    decided_by = Reference(allow_null=True)
    findings = FindingOut(many=True)

    class Meta:
        model = HeldFile
        fields = [
            "id", "team", "version", "path", "digest", "format", "state", "severity", "findings", "scan",
            "decided_by", "decided_at", "reason", "created_at",
        ]  # fmt: skip


class HeldFileFilter(TeamFilter):
    version = KeyFilter(field_name="version_id")
    state = filters.ChoiceFilter(choices=list(HELD_STATES.items()))
    severity = filters.ChoiceFilter(choices=list(SEVERITIES.items()))
    digest = filters.CharFilter()


class HeldFileViewSet(ReadViewSet):
    """Files that can run code when they are loaded: held until a second person releases them."""

    seen = staticmethod(queries.held_files_seen_by)
    serializer_class = HeldFileOut
    filterset_class = HeldFileFilter

    @extend_schema(request=Reason, responses=HeldFileOut)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Let the file through, in your own name. Nobody releases what they brought themselves."""
        held, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(HeldFileOut, services.held_file_release(by=person(request), held=held, **given))

    @extend_schema(request=Reason, responses=HeldFileOut)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Keep the file out for good, or take a release back."""
        held, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(HeldFileOut, services.held_file_refuse(by=person(request), held=held, **given))


class OfVersion(Input):
    version = Key(help_text="the model version whose files are meant")


class VersionRunOut(RunSummary):
    version = Reference()
    manifest_digest = serializers.CharField(help_text="the files that were meant")


class VersionRunDetail(RunDetail, VersionRunOut):
    """A run over the files of a version with what it found."""


class VersionRunFilter(RunFilter):
    version = KeyFilter(field_name="version_id")


class _VersionRuns(RunViewSet):
    serializer_class = VersionRunOut
    detail_class = VersionRunDetail
    filterset_class = VersionRunFilter

    def _version(self, request: Request) -> ModelVersion:
        return queries.version_seen(request.user, self.accepted_input(OfVersion)["version"])


class FileScanViewSet(_VersionRuns):
    """Looks for hidden code in the held files of versions."""

    seen = staticmethod(queries.file_scans_seen_by)

    @extend_schema(request=OfVersion, responses={202: VersionRunOut})
    def create(self, request: Request) -> Response:
        """Look once more into a version's held files."""
        run = services.file_scan_start(by=person(request), version=self._version(request))
        return self.answer(VersionRunOut, run, status.HTTP_202_ACCEPTED)


class FileCheckViewSet(_VersionRuns):
    """Readings of stored files against their digests, and of signatures against the files."""

    seen = staticmethod(queries.file_checks_seen_by)

    @extend_schema(request=OfVersion, responses={202: VersionRunOut})
    def create(self, request: Request) -> Response:
        """Check a version's stored files now. An altered one takes the version out of use and opens an incident."""
        run = services.version_check_start(by=person(request), version=self._version(request))
        return self.answer(VersionRunOut, run, status.HTTP_202_ACCEPTED)


class SigningViewSet(_VersionRuns):
    """Signings of versions with the organisation's key."""

    seen = staticmethod(queries.signings_seen_by)

    @extend_schema(request=OfVersion, responses={202: VersionRunOut})
    def create(self, request: Request) -> Response:
        """Have a version signed, in your own name."""
        run = services.version_sign_start(by=person(request), version=self._version(request))
        return self.answer(VersionRunOut, run, status.HTTP_202_ACCEPTED)


class SignatureOut(serializers.ModelSerializer[VersionSignature]):
    version = Reference()
    created_by = Reference()
    is_current = serializers.SerializerMethodField(help_text="whether it is over the files that the version has now")

    class Meta:
        model = VersionSignature
        fields = [
            "id", "version", "manifest_digest", "key_digest", "public_key", "is_current", "verified_at", "problem",
            "created_by", "created_at",
        ]  # fmt: skip

    def get_is_current(self, signature: VersionSignature) -> bool:
        return signature.manifest_digest == signature.version.manifest_digest


class SignatureFilter(filters.FilterSet):
    version = KeyFilter(field_name="version_id")
    key_digest = filters.CharFilter()


class SignatureViewSet(ReadViewSet):
    """Signatures in OpenSSF's model-signing form."""

    seen = staticmethod(queries.signatures_seen_by)
    serializer_class = SignatureOut
    filterset_class = SignatureFilter

    @extend_schema(responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT)})
    @action(detail=True, filterset_class=None)
    def bundle(self, request: Request, pk: str) -> HttpResponse:
        """The Sigstore bundle: what `model_signing verify key` takes as `--signature`."""
        return _file(self.get_object().bundle, "model.sig", "application/json")

    @extend_schema(responses={(200, "application/x-pem-file"): OpenApiResponse(OpenApiTypes.STR)})
    @action(detail=True, filterset_class=None, url_path="public-key")
    def public_key(self, request: Request, pk: str) -> HttpResponse:
        """The public key: what `model_signing verify key` takes as `--public_key`."""
        return _file(self.get_object().public_key, "model.pub", "application/x-pem-file")


def _file(content: str, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class MendedOut(serializers.ModelSerializer[ModelVersion]):
    label = serializers.CharField(source="__str__")  # type: ignore[assignment] # a field of the answer

    class Meta:
        model = ModelVersion
        fields = ["id", "label", "stage", "broken_at", "checked_at", "is_deployable"]


class MendViewSet(SeenViewSet):
    """Versions that were out of use because a stored file was altered."""

    seen = staticmethod(queries.versions_seen_by)

    @extend_schema(request=Reason, responses=MendedOut)
    @action(detail=True, methods=["post"])
    def mend(self, request: Request, pk: str) -> Response:
        """Say that the files are right again, once a check has found them so; closes the incident."""
        version, given = self.get_object(), self.accepted_input(Reason)
        return self.answer(MendedOut, services.version_mend(by=person(request), version=version, **given))
