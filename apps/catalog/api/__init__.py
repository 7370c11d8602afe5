"""The API of datasets, their versions and scans."""

from apps.catalog.api.datasets import (
    DatasetVersionViewSet,
    DatasetViewSet,
    ScanViewSet,
)
from apps.catalog.api.sources import (
    LicenceListView,
    SourceViewSet,
    VersionDerivationsView,
    VersionDerivationView,
    VersionLicenceView,
    VersionSourcesView,
    VersionSourceView,
)
from apps.catalog.api.uploads import (
    UploadViewSet,
)

__all__ = [
    "DatasetVersionViewSet",
    "DatasetViewSet",
    "LicenceListView",
    "ScanViewSet",
    "SourceViewSet",
    "UploadViewSet",
    "VersionDerivationView",
    "VersionDerivationsView",
    "VersionLicenceView",
    "VersionSourceView",
    "VersionSourcesView",
]
