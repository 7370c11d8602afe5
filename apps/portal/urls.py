from django.urls import path, re_path

from apps.portal.queries import TABS
from apps.portal.views import comparing, documents, history, lineage, pages, removals, trail

app_name = "portal"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("search/", pages.search, name="search"),
    path("models/versions/<int:pk>/", pages.version_detail, name="version-detail"),
    re_path(
        rf"^models/versions/(?P<pk>[0-9]{{1,18}})/(?P<tab>{'|'.join(TABS)})/$", pages.version_detail, name="version-tab"
    ),
    path("models/documents/<int:pk>/", documents.document_detail, name="document-detail"),
    path("models/versions/compare/", comparing.version_compare, name="version-compare"),
    path("models/versions/<int:pk>/remove/", removals.version_remove_view, name="version-remove"),
    path("models/versions/<int:pk>/restore/", removals.version_restore_view, name="version-restore"),
    path("models/<int:pk>/remove/", removals.model_remove_view, name="model-remove"),
    path("models/<int:pk>/restore/", removals.model_restore_view, name="model-restore"),
    path("experiments/import/", history.history_import_view, name="history-import"),
    path("runs/", pages.run_list, name="run-list"),
    path("runs/<slug:kind>/<int:pk>/", pages.run_detail, name="run-detail"),
    path("runs/<slug:kind>/<int:pk>/cancel/", pages.run_cancel_view, name="run-cancel"),
    path("runs/<slug:kind>/<int:pk>/retry/", pages.run_retry_view, name="run-retry"),
    path("lineage/answered/", lineage.answered, name="answered"),
    path("lineage/<slug:kind>/<int:pk>/", lineage.impact, name="impact"),
    path("audit/", trail.trail, name="trail"),
    path("audit/verify/", trail.trail_verify, name="trail-verify"),
    path("audit/check/", trail.trail_check, name="trail-check"),
    path("audit/checkpoints/", trail.checkpoint_list, name="checkpoint-list"),
    path("audit/export/<slug:form>/", trail.export, name="trail-export"),
    path("audit/<int:pk>/", trail.entry_detail, name="trail-entry"),
]
