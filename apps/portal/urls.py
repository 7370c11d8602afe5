from django.urls import path, re_path

from apps.portal import views
from apps.portal.queries import TABS

app_name = "portal"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("search/", views.search, name="search"),
    path("models/versions/<int:pk>/", views.version_detail, name="version-detail"),
    re_path(
        rf"^models/versions/(?P<pk>[0-9]{{1,18}})/(?P<tab>{'|'.join(TABS)})/$", views.version_detail, name="version-tab"
    ),
    path("runs/", views.run_list, name="run-list"),
    path("runs/<slug:kind>/<int:pk>/", views.run_detail, name="run-detail"),
    path("runs/<slug:kind>/<int:pk>/cancel/", views.run_cancel_view, name="run-cancel"),
    path("runs/<slug:kind>/<int:pk>/retry/", views.run_retry_view, name="run-retry"),
    path("audit/", views.trail, name="trail"),
    path("audit/verify/", views.trail_verify, name="trail-verify"),
]
