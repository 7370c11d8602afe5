from django.urls import path

from apps.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.dataset_list, name="dataset-list"),
    path("new/", views.dataset_create_view, name="dataset-create"),
    path("<int:pk>/", views.dataset_detail, name="dataset-detail"),
    path("<int:pk>/upload/", views.version_upload, name="version-upload"),
    path("<int:pk>/branches/new/", views.branch_create_view, name="branch-create"),
    path("<int:pk>/merge/", views.merge_view, name="merge"),
    path("<int:pk>/tags/new/", views.tag_create_view, name="tag-create"),
    path("<int:pk>/rollback/", views.rollback_view, name="rollback"),
    path("<int:pk>/settings/", views.settings_view, name="dataset-settings"),
    path("branches/<int:pk>/delete/", views.branch_delete_view, name="branch-delete"),
    path("tags/<int:pk>/delete/", views.tag_delete_view, name="tag-delete"),
    path("uploads/<uuid:pk>/cancel/", views.upload_cancel_view, name="upload-cancel"),
    path("versions/<int:pk>/", views.version_detail, name="version-detail"),
    path("versions/<int:pk>/metadata/", views.metadata_import_view, name="metadata-import"),
    path("versions/<int:pk>/export/", views.metadata_export, name="metadata-export"),
    path("metadata/<int:pk>/", views.metadata_detail, name="metadata-detail"),
    path("metadata/<int:pk>/sources/", views.metadata_sources, name="metadata-sources"),
    path("versions/<int:pk>/rows/", views.version_rows, name="version-rows"),
    path("versions/<int:pk>/views/new/", views.view_create_view, name="view-create"),
    path("views/<int:pk>/", views.view_detail, name="view-detail"),
    path("views/<int:pk>/commit/", views.view_commit_view, name="view-commit"),
    path("diff/", views.diff_start_view, name="diff-start"),
    path("diff/<int:before>/<int:after>/", views.diff, name="diff"),
    path("versions/<int:pk>/describe/", views.version_describe, name="version-describe"),
    path("versions/<int:pk>/scan/", views.scan_start_view, name="scan-start"),
]
