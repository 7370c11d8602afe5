from django.urls import path

from apps.registry.views import aliases, documents, models, records, recreations, safety, uploads, versions
from apps.registry.views import systems as system_pages

app_name = "registry"
urlpatterns = [
    path("", models.model_list, name="model-list"),
    path("new/", models.model_create_view, name="model-create"),
    path("tune/", versions.tuning_start_view, name="tuning-start"),
    path("tuning-runs/<int:pk>/recreate/", recreations.recreation_start_view, name="recreation-start"),
    path("<int:pk>/", models.model_detail, name="model-detail"),
    path("<int:pk>/describe/", models.model_describe_view, name="model-describe"),
    path("<int:pk>/import/", versions.version_import_view, name="version-import"),
    path("<int:pk>/aliases/", aliases.alias_list, name="alias-list"),
    path("<int:pk>/aliases/delete/", aliases.alias_delete_view, name="alias-delete"),
    path("<int:pk>/aliases/protect/", aliases.aliases_protect_view, name="aliases-protect"),
    path("<int:pk>/tags/", records.model_tag_view, name="model-tag"),
    path("<int:pk>/open/", uploads.version_open_view, name="version-open"),
    path("versions/<int:pk>/files-sent/", uploads.files_send_view, name="files-send"),
    path("versions/<int:pk>/files-sent/<uuid:upload>/cancel/", uploads.file_cancel_view, name="file-cancel"),
    path("versions/<int:pk>/seal/", uploads.version_seal_view, name="version-seal"),
    path("versions/<int:pk>/describe/", records.version_describe_view, name="version-describe"),
    path("versions/<int:pk>/tags/", records.version_tag_view, name="version-tag"),
    path("versions/<int:pk>/sha256sums/", records.version_sums_view, name="version-sums"),
    path("versions/<int:pk>/files/<path:path>", records.version_file_view, name="version-file"),
    path("versions/<int:pk>/scan-files/", safety.version_scan_view, name="version-scan-files"),
    path("versions/<int:pk>/check-files/", safety.version_check_view, name="version-check-files"),
    path("versions/<int:pk>/sign/", safety.version_sign_view, name="version-sign"),
    path("versions/<int:pk>/mend/", safety.version_mend_view, name="version-mend"),
    path("quarantine/", safety.quarantine_list, name="quarantine-list"),
    path("quarantine/<int:pk>/", safety.quarantine_detail, name="quarantine-detail"),
    path("quarantine/<int:pk>/release/", safety.held_release_view, name="held-release"),
    path("quarantine/<int:pk>/refuse/", safety.held_refuse_view, name="held-refuse"),
    path("versions/<int:pk>/documents/import/", documents.document_import_view, name="document-import"),
    path("versions/<int:pk>/say/", documents.statement_view, name="statement"),
    path("versions/<int:pk>/propose/", versions.version_propose_view, name="version-propose"),
    path("versions/<int:pk>/retire/", versions.version_retire_view, name="version-retire"),
]

# Systems stand under an address of their own: `systems/`.
systems = (
    [
        path("", system_pages.system_list, name="system-list"),
        path("new/", system_pages.system_create_view, name="system-create"),
        path("<int:pk>/", system_pages.system_detail, name="system-detail"),
        path("<int:pk>/change/", system_pages.system_change_view, name="system-change"),
        path("<int:pk>/versions/", system_pages.system_version_add_view, name="version-add"),
        path("<int:pk>/versions/<int:part>/end/", system_pages.system_version_end_view, name="version-end"),
    ],
    "systems",
)
