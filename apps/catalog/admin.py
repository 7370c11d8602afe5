"""The back office of data."""

from django.contrib import admin

from apps.catalog import queries
from apps.catalog.models import Dataset, DatasetVersion, MetadataImport, ScanRun, Source
from apps.catalog.queries.metadata import imports_seen_by
from apps.catalog.queries.sources import sources_seen_by
from apps.core.back_office import BackOffice, RunBackOffice


@admin.register(Dataset)
class DatasetAdmin(BackOffice):
    seen = staticmethod(queries.datasets_seen_by)
    list_display = ["name", "team", "created_by", "created_at"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name"]


@admin.register(DatasetVersion)
class DatasetVersionAdmin(BackOffice):
    seen = staticmethod(queries.dataset_versions_seen_by)
    list_display = ["__str__", "team", "format", "rows", "size", "digest", "created_at"]
    list_filter = ["format"]
    search_fields = ["dataset__name", "digest"]


@admin.register(ScanRun)
class ScanRunAdmin(RunBackOffice):
    seen = staticmethod(queries.scans_seen_by)


@admin.register(MetadataImport)
class MetadataImportAdmin(BackOffice):
    seen = staticmethod(imports_seen_by)
    list_display = ["filename", "version", "format", "digest", "created_by", "created_at"]
    list_select_related = ["version__dataset", "created_by"]
    list_filter = ["format"]
    search_fields = ["filename", "digest"]


@admin.register(Source)
class SourceAdmin(BackOffice):
    seen = staticmethod(sources_seen_by)
    list_display = ["name", "team", "licence", "licence_verified_at", "tdm_reservation", "changed_at"]
    list_select_related = ["team"]
    list_filter = ["tdm_reservation"]
    search_fields = ["name", "issuer"]
