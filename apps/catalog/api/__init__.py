"""The API of datasets, their versions and scans."""

from apps.catalog.api.datasets import (
    DatasetVersionViewSet,
    DatasetViewSet,
    ScanViewSet,
)
from apps.catalog.api.uploads import (
    UploadViewSet,
)

__all__ = [
    "DatasetVersionViewSet",
    "DatasetViewSet",
    "ScanViewSet",
    "UploadViewSet",
]
