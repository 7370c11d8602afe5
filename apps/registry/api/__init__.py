"""The API of models, their versions, imports and tuning runs."""

from apps.registry.api.aliases import ModelAliasesViewSet
from apps.registry.api.documents import DocumentViewSet, VersionDocumentsViewSet
from apps.registry.api.records import VersionRecordsViewSet
from apps.registry.api.recreations import RecreationViewSet
from apps.registry.api.safety import (
    FileCheckViewSet,
    FileScanViewSet,
    HeldFileViewSet,
    MendViewSet,
    SignatureViewSet,
    SigningViewSet,
)
from apps.registry.api.systems import SystemViewSet
from apps.registry.api.uploads import FileUploadViewSet, ModelOpeningViewSet, VersionSealingViewSet
from apps.registry.api.viewsets import (
    ImportViewSet,
    IntendedUseView,
    ModelViewSet,
    RemovalViewSet,
    TuningViewSet,
    VersionViewSet,
)

__all__ = [
    "FileUploadViewSet",
    "ModelOpeningViewSet",
    "VersionSealingViewSet",
    "DocumentViewSet",
    "VersionDocumentsViewSet",
    "VersionRecordsViewSet",
    "ModelAliasesViewSet",
    "SystemViewSet",
    "FileCheckViewSet",
    "FileScanViewSet",
    "HeldFileViewSet",
    "ImportViewSet",
    "IntendedUseView",
    "MendViewSet",
    "ModelViewSet",
    "RecreationViewSet",
    "RemovalViewSet",
    "SignatureViewSet",
    "SigningViewSet",
    "TuningViewSet",
    "VersionViewSet",
]
