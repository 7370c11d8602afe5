"""What people enter about data."""

from apps.catalog.forms.datasets import (
    SKELETON,
    DatasetFilterForm,
    DatasetForm,
    DatasheetForm,
    DescribeForm,
    datasheet_text,
)
from apps.catalog.forms.uploads import UploadForm

__all__ = [
    "DatasetFilterForm",
    "DatasetForm",
    "DatasheetForm",
    "DescribeForm",
    "SKELETON",
    "UploadForm",
    "datasheet_text",
]
