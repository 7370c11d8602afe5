"""What people enter about data."""

from apps.catalog.forms.datasets import (
    SKELETON,
    DatasetFilterForm,
    DatasetForm,
    DatasheetForm,
    DescribeForm,
    UploadForm,
    datasheet_text,
)

__all__ = [
    "DatasetFilterForm",
    "DatasetForm",
    "DatasheetForm",
    "DescribeForm",
    "SKELETON",
    "UploadForm",
    "datasheet_text",
]
