"""The back office of data."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.queries import person
from apps.catalog import queries, services
from apps.catalog.models import ChunkSweep, Dataset, DatasetVersion, MetadataImport, ScanRun, Source, Upload
from apps.catalog.queries.metadata import imports_seen_by
from apps.catalog.queries.sources import sources_seen_by
from apps.core.back_office import BackOffice, RunBackOffice, tried
from apps.core.formatting import file_size, percent


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
    exclude = ["claim_token", "result"]  # it quotes what stands in rows


@admin.register(MetadataImport)
class MetadataImportAdmin(BackOffice):
    seen = staticmethod(imports_seen_by)
    list_display = ["filename", "version", "format", "digest", "created_by", "created_at"]
    list_select_related = ["version__dataset", "created_by"]
    list_filter = ["format"]
    search_fields = ["filename", "digest"]


@admin.register(Upload)
class UploadAdmin(BackOffice):
    """Files on their way in, which hold room on the disk; administrators of the team end them here."""

    seen = staticmethod(queries.uploads_seen_by)
    list_display = ["filename", "dataset", "team", "created_by", "announced", "arrived", "touched_at", "expires_at"]
    list_select_related = ["dataset", "team", "created_by"]
    search_fields = ["filename", "dataset__name", "team__name"]
    ordering = ["-size"]
    actions = ["give_up"]

    @admin.display(description="Size", ordering="size")
    def announced(self, upload: Upload) -> str:
        return file_size(upload.size)

    @admin.display(description="Has arrived", ordering="offset")
    def arrived(self, upload: Upload) -> str:
        return percent(upload.share)

    @admin.action(description="End these uploads and remove what has arrived")
    def give_up(self, request: HttpRequest, rows: QuerySet[Upload]) -> None:
        for upload in rows:
            tried(request, f"“{upload}” is given up.", services.upload_cancel, by=person(request), upload=upload)


@admin.register(ChunkSweep)
class ChunkSweepAdmin(BackOffice):
    """What was removed from storage because no version used it."""

    list_display = ["swept_at", "lists", "chunks", "freed"]

    @staticmethod
    def seen(user: Any) -> QuerySet[ChunkSweep]:
        return ChunkSweep.objects.all()

    @admin.display(description="Freed", ordering="size")
    def freed(self, sweep: ChunkSweep) -> str:
        return file_size(sweep.size)


@admin.register(Source)
class SourceAdmin(BackOffice):
    seen = staticmethod(sources_seen_by)
    list_display = ["name", "team", "licence", "licence_verified_at", "tdm_reservation", "changed_at"]
    list_select_related = ["team"]
    list_filter = ["tdm_reservation"]
    search_fields = ["name", "issuer"]
