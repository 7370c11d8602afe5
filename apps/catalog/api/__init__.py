"""The API of datasets, their versions and scans."""

from apps.catalog.api.commits import BranchViewSet, CommitViewSet, DatasetLinesViewSet, TagViewSet
from apps.catalog.api.datasets import (
    DatasetVersionViewSet,
    DatasetViewSet,
    ScanViewSet,
)
from apps.catalog.api.diffs import DiffViewSet
from apps.catalog.api.metadata import MetadataImportViewSet, VersionMetadataViewSet
from apps.catalog.api.redactions import VersionRedactionsView
from apps.catalog.api.rows import SavedViewViewSet, VersionRowsViewSet
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
    "DiffViewSet",
    "SavedViewViewSet",
    "VersionRowsViewSet",
    "BranchViewSet",
    "CommitViewSet",
    "DatasetLinesViewSet",
    "DatasetVersionViewSet",
    "DatasetViewSet",
    "LicenceListView",
    "MetadataImportViewSet",
    "ScanViewSet",
    "SourceViewSet",
    "TagViewSet",
    "UploadViewSet",
    "VersionDerivationView",
    "VersionDerivationsView",
    "VersionLicenceView",
    "VersionMetadataViewSet",
    "VersionRedactionsView",
    "VersionSourceView",
    "VersionSourcesView",
]
