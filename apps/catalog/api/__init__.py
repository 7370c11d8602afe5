"""The API of datasets, their versions and scans."""

from apps.catalog.api.datasets import (
    DatasetVersionViewSet,
    DatasetViewSet,
    ScanViewSet,
)

__all__ = [
    "DatasetVersionViewSet",
    "DatasetViewSet",
    "ScanViewSet",
]
